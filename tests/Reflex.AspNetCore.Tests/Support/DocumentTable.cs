using System.Text.RegularExpressions;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A table of a document, which lies beside the tests.</summary>
internal static partial class DocumentTable
{
    /// <summary>The rows after the one with the headings; of each cell what is written as code, or by itself with commas between.</summary>
    public static List<string[][]> Read(string document, string headings)
    {
        var rows = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, document))
            .SkipWhile(line => line != headings)
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|').Select(Words).ToArray())
            .ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    private static string[] Words(string cell) => cell.Contains('`', StringComparison.Ordinal)
        ? [.. Code().Matches(cell).Select(match => match.Groups[1].Value)]
        : [.. cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
