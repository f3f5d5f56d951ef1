using System.Reflection;

namespace Reflex.Silo.Settings;

/// <summary>A setting that there is, as the type says that it is bound to: a single value, a list, named entries, or parts.</summary>
internal sealed class KnownSetting
{
    /// <summary>The place of a name that users choose, in <see cref="Paths"/>.</summary>
    public const string AnyName = "NAME";

    private static readonly Dictionary<string, KnownSetting> None = [];

    private KnownSetting(SettingForm form, Type? type = null, KnownSetting? entry = null, Dictionary<string, KnownSetting>? parts = null)
    {
        Form = form;
        ValueType = type;
        Entry = entry;
        Parts = parts ?? None;
    }

    public SettingForm Form { get; }

    /// <summary>What a single value is converted to; null for other forms.</summary>
    public Type? ValueType { get; }

    /// <summary>What each entry of a list is, or each named entry; null for other forms.</summary>
    public KnownSetting? Entry { get; }

    /// <summary>The parts by name, whose case counts for nothing; empty for other forms.</summary>
    public IReadOnlyDictionary<string, KnownSetting> Parts { get; }

    /// <summary>Settings that have names.</summary>
    public static KnownSetting Of(params IEnumerable<(string Name, KnownSetting Setting)> parts) => new(
        SettingForm.Parts, parts: parts.ToDictionary(part => part.Name, part => part.Setting, StringComparer.OrdinalIgnoreCase));

    /// <summary>What can be bound to the types: their properties, or what a single type is as a whole.</summary>
    public static KnownSetting Of(params Type[] types)
    {
        var type = Nullable.GetUnderlyingType(types[0]) ?? types[0];
        if (IsValue(type))
        {
            return new KnownSetting(SettingForm.Value, type);
        }

        if (EntryOf(type, typeof(IDictionary<,>)) is [_, var named])
        {
            return NamedEntries(named);
        }

        return EntryOf(type, typeof(IEnumerable<>)) is [var item]
            ? new KnownSetting(SettingForm.List, entry: Of(item))
            : Of(types.SelectMany(one => one.GetProperties()).Where(IsSetting).Select(one => (one.Name, Of(one.PropertyType))));
    }

    /// <summary>Entries of which each has a name that users choose.</summary>
    public static KnownSetting NamedEntries(Type entry) => new(SettingForm.NamedEntries, entry: Of(entry));

    /// <summary>The settings below this one, those with parts of their own too.</summary>
    /// <param name="path">Where this one is.</param>
    /// <param name="like">
    /// A path with names that users have chosen, which stand where it leads; elsewhere stands <see cref="AnyName"/>.
    /// </param>
    public IEnumerable<string> Paths(string path, string like)
    {
        var entries = Form switch
        {
            SettingForm.NamedEntries => [(NameIn(like, path) ?? AnyName, Entry!)],
            SettingForm.List => [("0", Entry!)],
            _ => Parts.Select(part => (part.Key, part.Value)),
        };
        return entries.SelectMany(entry =>
        {
            var below = ConfigurationPath.Combine(path, entry.Item1);
            return entry.Item2.Paths(below, like).Prepend(below);
        });
    }

    // The name that a path has next below another one.
    private static string? NameIn(string path, string above) =>
        path.StartsWith(above + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase)
            ? path[(above.Length + 1)..].Split(ConfigurationPath.KeyDelimiter)[0]
            : null;

    private static bool IsValue(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal)
        || type == typeof(TimeSpan) || type == typeof(Uri);

    // A clock can't be written down, and what is only read isn't set.
    private static bool IsSetting(PropertyInfo property) =>
        property.GetIndexParameters().Length == 0
        && !property.PropertyType.IsAssignableTo(typeof(TimeProvider))
        && !property.PropertyType.IsAssignableTo(typeof(Delegate))
        && (property.SetMethod is { IsPublic: true } || !IsValue(property.PropertyType));

    private static Type[]? EntryOf(Type type, Type form) => type.GetInterfaces().Prepend(type)
        .FirstOrDefault(one => one.IsGenericType && one.GetGenericTypeDefinition() == form)?.GetGenericArguments();
}
