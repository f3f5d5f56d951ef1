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

    /// <summary>What there is, for a message about what there isn't: as many names as one can read.</summary>
    /// <param name="kinds">What is named: "streams".</param>
    /// <param name="known">Names that there are.</param>
    /// <param name="others">How many there are besides; null when that isn't known.</param>
    /// <param name="none">What to say when there are none.</param>
    public static string Describe<TName>(string kinds, IReadOnlyCollection<TName> known, int? others, string none)
    {
        var names = string.Join(", ", known.Take(MaxListed));
        var more = Math.Max(known.Count - MaxListed, 0) + others;
        return (known.Count, others) switch
        {
            (0, 0) => none,
            (0, _) => $"list the {kinds} to see which there are.",
            (_, null) => $"among the {kinds} are {names}.",
            _ => $"the {kinds} are {names}{(more > 0 ? $" and {more} more" : "")}.",
        };
    }

    public static string Validate(string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsValid(name) ? name : throw new FormatException($"'{name}' is not the name of a {kind}: expected {Rule}.");
    }
}
