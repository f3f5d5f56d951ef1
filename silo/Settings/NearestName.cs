namespace Reflex.Silo.Settings;

/// <summary>Finds what somebody who made a typing error meant.</summary>
internal static class NearestName
{
    /// <summary>The name with the fewest errors in it, upper and lower case alike; of several the first.</summary>
    public static string Of(string written, IEnumerable<string> names) => names.MinBy(name => Distance(written, name))!;

    /// <summary>How many characters were left out, added, replaced, or exchanged with their neighbour.</summary>
    public static int Distance(string one, string other)
    {
        // Three rows of the table of distances between beginnings: the one to fill, and two before it.
        var (row, above, second) = (new int[other.Length + 1], new int[other.Length + 1], new int[other.Length + 1]);
        for (var j = 0; j < row.Length; j++)
        {
            above[j] = j;
        }

        for (var i = 1; i <= one.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = above[j - 1] + (Same(one[i - 1], other[j - 1]) ? 0 : 1);
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, replaced);
                if (i > 1 && j > 1 && Same(one[i - 1], other[j - 2]) && Same(one[i - 2], other[j - 1]))
                {
                    row[j] = Math.Min(row[j], second[j - 2] + 1);
                }
            }

            (row, above, second) = (second, row, above);
        }

        return above[other.Length];
    }

    private static bool Same(char one, char other) => char.ToUpperInvariant(one) == char.ToUpperInvariant(other);
}
