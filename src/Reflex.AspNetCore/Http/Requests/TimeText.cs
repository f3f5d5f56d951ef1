using System.Globalization;

namespace Reflex.AspNetCore.Http.Requests;

/// <summary>A span of time as text: <c>hh:mm:ss</c>, with days and fractions where needed: <c>1.12:00:00.5</c>.</summary>
internal static class TimeText
{
    public const string Form = "a time such as 00:00:05 or 7.00:00:00";

    // hh:mm:ss. The framework takes shorter forms too, and 5 alone would be five days.
    private const int Shortest = 8;

    /// <summary>Reads a span of time that isn't negative.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        return text.Length >= Shortest
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value)
            && value >= TimeSpan.Zero;
    }
}
