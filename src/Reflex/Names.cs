namespace Reflex;

/// <summary>The one rule for the names of streams and consumers.</summary>
/// <remarks>
/// Lower case only: a name becomes a folder's name, and on some file systems two names that differ by case are one folder.
/// </remarks>
internal static class Names
{
    public const int MaxLength = 100;

    private const int MaxListed = 20;

    public const string Rule =
        "1 to 100 characters, lower-case letters a-z, digits, '.', '_' and '-', beginning with a letter or a digit";

    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxLength || name[0] is '.' or '_' or '-')
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Names for a message, as many as one can read.</summary>
    public static string List<TName>(IReadOnlyCollection<TName> names) =>
        string.Join(", ", names.Take(MaxListed)) + (names.Count > MaxListed ? $" and {names.Count - MaxListed} more" : "");

    public static string Validate(string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsValid(name) ? name : throw new FormatException($"'{name}' is not the name of a {kind}: expected {Rule}.");
    }
}
