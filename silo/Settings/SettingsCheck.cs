using Orleans.Configuration;
using Reflex.AspNetCore.Access;

namespace Reflex.Silo.Settings;

/// <summary>
/// Finds settings below <c>Reflex</c>, and of Orleans' endpoints and membership, that mean nothing or can't be read, from whatever source:
/// they are typing errors.
/// </summary>
/// <remarks>What a message repeats is never a text that may be a secret.</remarks>
internal sealed class SettingsCheck
{
    // A section with such a name is the host's or Orleans'; one with nearly such a name would be passed over in silence.
    private static readonly string[] Sections = [ReflexSettings.Section, "Kestrel", "Orleans"];

    // Of Orleans', the ones that it passes over what it doesn't know in, or that Reflex binds.
    private static readonly (string Path, KnownSetting Known)[] Roots =
    [
        (ReflexSettings.Section, ReflexSettings.Known),
        (ReflexSettings.Membership, KnownSetting.Of(typeof(ClusterMembershipOptions))),
        (ReflexSettings.Endpoints, KnownSetting.Of(EndpointNames.Select(name => (name, KnownSetting.Of(typeof(string)))))),
    ];

    // Whichever of these there is switches access control on.
    private static readonly string[] Credentials =
        [nameof(ReflexAccessOptions.ApiKeys), nameof(ReflexAccessOptions.Jwt), nameof(ReflexAccessOptions.Certificates)];

    // What each may be, whoever reads it says.
    private static IEnumerable<string> EndpointNames =>
    [
        nameof(EndpointOptions.AdvertisedIPAddress), nameof(EndpointOptions.SiloPort), nameof(EndpointOptions.GatewayPort),
        nameof(EndpointOptions.SiloListeningEndpoint), nameof(EndpointOptions.GatewayListeningEndpoint),
    ];

    private const string LogLevels = "LogLevel";

    private readonly List<string> _faults = [];

    private SettingsCheck()
    {
    }

    /// <exception cref="FormatException">There are faults; the message has a sentence for each.</exception>
    public static void Require(IConfiguration configuration)
    {
        if (FindFaults(configuration) is { Count: > 0 } faults)
        {
            throw new FormatException(string.Join(' ', faults));
        }
    }

    /// <summary>The faults, a sentence for each.</summary>
    public static IReadOnlyList<string> FindFaults(IConfiguration configuration)
    {
        var check = new SettingsCheck();
        foreach (var section in configuration.GetChildren().Where(IsMisspelt))
        {
            check.Add($"The section {section.Key} is unknown; the nearest known one is {NearestName.Of(section.Key, Sections)}.");
        }

        foreach (var part in configuration.GetChildren().Where(IsMisplaced))
        {
            check.Add($"The section {part.Key} means nothing here: expected {ReflexSettings.Section}:{part.Key}.");
        }

        var reflex = configuration.GetSection(ReflexSettings.Section);
        foreach (var (path, known) in Roots)
        {
            check.Visit(configuration.GetSection(path), known);
        }

        check.VisitCredentials(reflex.GetSection(ReflexSettings.Access));
        var logging = configuration.GetSection("Logging");
        check.VisitLevels(logging.GetSection(LogLevels));
        foreach (var provider in logging.GetChildren())
        {
            check.VisitLevels(provider.GetSection(LogLevels));
        }

        return check._faults;
    }

    private static bool IsMisspelt(IConfigurationSection section) =>
        Sections.Any(known => NearestName.Distance(section.Key, known) == 1) && section.GetChildren().Any();

    /// <summary>One of ours without the section that it belongs in. An environment variable of that name has nothing below it.</summary>
    private static bool IsMisplaced(IConfigurationSection section) =>
        ReflexSettings.Known.Parts.ContainsKey(section.Key) && section.GetChildren().Any();

    /// <summary>Credentials that are there and empty would leave the server open to everybody, which nobody means by them.</summary>
    private void VisitCredentials(IConfigurationSection access)
    {
        foreach (var kind in access.GetChildren().Where(kind => Credentials.Contains(kind.Key, StringComparer.OrdinalIgnoreCase)))
        {
            var hasKeys = kind.Key.Equals(nameof(ReflexAccessOptions.ApiKeys), StringComparison.OrdinalIgnoreCase);
            foreach (var one in (hasKeys ? kind.GetChildren().DefaultIfEmpty(kind) : [kind]).Where(IsEmpty))
            {
                Add($"The setting {one.Path} is there and empty, which would leave the server open to everybody: fill it, or "
                    + "leave it out.");
            }
        }

        static bool IsEmpty(IConfigurationSection one) => string.IsNullOrEmpty(one.Value) && !one.GetChildren().Any();
    }

    private void Visit(IConfigurationSection setting, KnownSetting known)
    {
        if (known.Form == SettingForm.Value)
        {
            VisitValue(setting, known.ValueType!);
            return;
        }

        // An empty list in JSON comes as an empty text.
        if (setting.Value is { } text && (text.Length > 0 || known.Form != SettingForm.List))
        {
            Add($"The setting {setting.Path} has a single value: expected {DescribeBelow(setting.Path, known)}.");
        }

        foreach (var child in setting.GetChildren())
        {
            VisitChild(setting, child, known);
        }
    }

    private void VisitChild(IConfigurationSection setting, IConfigurationSection child, KnownSetting known)
    {
        if (known.Form == SettingForm.List && !child.Key.All(char.IsAsciiDigit))
        {
            Add($"The setting {setting.Path} has an entry without a number: expected {DescribeBelow(setting.Path, known)}.");
        }
        else if (known.Form == SettingForm.List && string.IsNullOrEmpty(child.Value) && !child.GetChildren().Any())
        {
            Add($"The setting {child.Path} is empty: expected {Describe(known.Entry!)}.");
        }
        else if ((known.Entry ?? known.Parts.GetValueOrDefault(child.Key)) is { } below)
        {
            Visit(child, below);
        }
        else
        {
            Add($"The setting {child.Path} is unknown; the nearest known one is {Nearest(child.Path)}.");
        }
    }

    private void VisitValue(IConfigurationSection setting, Type type)
    {
        if (setting.GetChildren().Any())
        {
            Add($"The setting {setting.Path} has settings below it: expected {SettingValue.Describe(type)}.");
        }
        else if (setting.Value is { Length: 0 })
        {
            Add($"The setting {setting.Path} is empty: expected {SettingValue.Describe(type)}, or leave it out.");
        }
        else if (setting.Value is { } text && !SettingValue.IsValid(type, text))
        {
            Add($"The setting {setting.Path} is '{text}': expected {SettingValue.Describe(type)}.");
        }
    }

    // The one part of another section that is looked at: a level that can't be read would end a change of all levels, or the start.
    private void VisitLevels(IConfigurationSection levels)
    {
        foreach (var level in levels.GetChildren().Where(level => !string.IsNullOrEmpty(level.Value)))
        {
            VisitValue(level, typeof(LogLevel));
        }
    }

    /// <summary>The nearest known setting, with the names that users chose as they are in the path.</summary>
    private static string Nearest(string path)
    {
        var root = Roots.First(one => path.StartsWith(one.Path + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase));
        return NearestName.Of(path, root.Known.Paths(root.Path, path));
    }

    private static string Describe(KnownSetting known) =>
        known.ValueType is { } type ? SettingValue.Describe(type) : "settings below it";

    private static string DescribeBelow(string path, KnownSetting known) => known.Form switch
    {
        SettingForm.List => $"a list with the entries {path}:0, {path}:1 and so on",
        SettingForm.NamedEntries => $"names of your choice below it, such as {path}:{KnownSetting.AnyName}",
        _ => $"{string.Join(", ", known.Parts.Keys)} below it",
    };

    private void Add(string fault) => _faults.Add(fault);
}
