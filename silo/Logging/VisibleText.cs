using System.Globalization;
using System.Text;

namespace Reflex.Silo.Logging;

/// <summary>
/// Text of others as it may stand in a line of a log or on a terminal: what would break the line, move the cursor, turn the
/// direction of writing or not show at all is written as an escape such as <c>\u001b</c>.
/// </summary>
internal static class VisibleText
{
    /// <summary>How much of a text is shown unless told otherwise, in characters.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>The text in visible characters; of what is over the limit it tells only how much that was.</summary>
    public static string Of(string text, int limit = MaxLength)
    {
        var visible = new StringBuilder(Math.Min(text.Length, limit));
        Append(visible, text, limit);
        return visible.ToString();
    }

    /// <summary>Appends what <see cref="Of"/> answers.</summary>
    public static void Append(StringBuilder visible, ReadOnlySpan<char> text, int limit = MaxLength)
    {
        var end = visible.Length + limit;
        while (!text.IsEmpty)
        {
            if (visible.Length >= end)
            {
                visible.Append(CultureInfo.InvariantCulture, $"… ({text.Length} more characters)");
                return;
            }

            var isWhole = Rune.DecodeFromUtf16(text, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isWhole && IsVisible(rune))
            {
                visible.Append(text[..length]);
            }
            else
            {
                AppendEscape(visible, isWhole ? rune.Value : text[0]);
            }

            text = text[length..];
        }
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static void AppendEscape(StringBuilder visible, int character)
    {
        if (character > char.MaxValue)
        {
            visible.Append(CultureInfo.InvariantCulture, $"\\U{character:x8}");
        }
        else
        {
            visible.Append(CultureInfo.InvariantCulture, $"\\u{character:x4}");
        }
    }
}
