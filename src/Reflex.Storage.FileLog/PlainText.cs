using System.Globalization;
using System.Text;

namespace Reflex.Storage.FileLog;

/// <summary>Text that somebody else may have written, as a part of a sentence.</summary>
internal static class PlainText
{
    // More of a name, or of a file that should hold one line, says nothing more.
    private const int MaxLength = 60;
    private const int MaxNames = 20;

    /// <summary>The text's beginning, without what a terminal would obey: every such character is a question mark.</summary>
    public static string Of(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (plain.Length >= MaxLength)
            {
                return plain.Append('…').ToString();
            }

            plain.Append(IsPlain(rune) ? rune.ToString() : "?");
        }

        return plain.ToString();
    }

    /// <summary>Names for a sentence, as many as one can read.</summary>
    public static string List(IReadOnlyCollection<string> names)
    {
        var listed = string.Join(", ", names.Order(StringComparer.Ordinal).Take(MaxNames).Select(Of));
        return names.Count > MaxNames
            ? string.Create(CultureInfo.InvariantCulture, $"{listed} and {names.Count - MaxNames} more")
            : listed;
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
