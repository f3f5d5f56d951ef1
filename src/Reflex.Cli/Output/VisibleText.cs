using System.Buffers;
using System.Globalization;
using System.Text;

namespace Reflex.Cli.Output;

/// <summary>
/// Text of others, such as foreign ids, metadata and servers' errors, as it is shown to people: in one line, with everything that would
/// steer a terminal, hide text or turn its direction as an escape such as \u001b, which JSON has too.
/// </summary>
internal static class VisibleText
{
    // Drawn as nothing by Unicode's rules, beside what is of the category Format: they would hide a difference.
    private static readonly (int First, int Last)[] Invisible =
    [
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164),
        (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF),
    ];

    /// <summary>The text as it may be shown.</summary>
    /// <param name="text">Any text, or what was taken for one.</param>
    /// <returns>The same text where nothing of it is dangerous.</returns>
    public static string Of(string text)
    {
        var first = text.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (first < 0)
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16).Append(text, 0, first);
        for (var rest = text.AsSpan(first); !rest.IsEmpty;)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            if (status == OperationStatus.Done && IsVisible(rune))
            {
                shown.Append(rest[..length]);
            }
            else
            {
                Escape(shown, rest[..length]);
            }

            rest = rest[length..];
        }

        return shown.ToString();
    }

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
        && !Array.Exists(Invisible, range => rune.Value >= range.First && rune.Value <= range.Last);

    private static void Escape(StringBuilder shown, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            _ = c switch
            {
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                _ => shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }
    }
}
