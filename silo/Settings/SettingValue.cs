using System.Globalization;

namespace Reflex.Silo.Settings;

/// <summary>What the text of a single value must look like, which is stricter than what the binding takes.</summary>
internal static class SettingValue
{
    // hh:mm:ss. Shorter forms are ambiguous: 7 alone would be days.
    private const int ShortestTime = 8;

    public static bool IsValid(Type type, string text) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase),
        TypeCode.String => true,
        TypeCode.Boolean => bool.TryParse(text, out _),
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal =>
            decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _),
        _ when type == typeof(TimeSpan) =>
            text.Length >= ShortestTime && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out _),
        _ when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out _),
        _ => IsWholeNumber(type, text),
    };

    /// <summary>What is expected, as the rest of a sentence.</summary>
    public static string Describe(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
        TypeCode.String => "a text",
        TypeCode.Boolean => "true or false",
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number such as 0.5",
        _ when type == typeof(TimeSpan) => "a time such as 7.00:00:00 or 01:30:00",
        _ when type == typeof(Uri) => "a URL",
        _ => $"a whole number of at most {Bound(type, nameof(int.MaxValue))}",
    };

    private static bool IsWholeNumber(Type type, string text) =>
        Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= Bound(type, nameof(int.MinValue))
        && number <= Bound(type, nameof(int.MaxValue));

    private static Int128 Bound(Type type, string name) =>
        Int128.Parse(type.GetField(name)!.GetValue(null)!.ToString()!, CultureInfo.InvariantCulture);
}
