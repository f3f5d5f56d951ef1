using System.Text.RegularExpressions;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>Nothing half done, nothing hidden: no note without its issue, no region, no warning silenced without a reason.</summary>
internal sealed partial class NoLeftoversRule : IRule
{
    public IEnumerable<Finding> Check(Repository repository) => repository.Files
        .Where(file => (file.IsCSharp || file.IsProject) && !IsAboutThisRule(file))
        .SelectMany(Check);

    private static IEnumerable<Finding> Check(SourceFile file)
    {
        for (var i = 0; i < file.Lines.Count; i++)
        {
            var line = file.Lines[i];
            if (Note().IsMatch(line) && !IssueNumber().IsMatch(line))
            {
                yield return new Finding(file.Path, i + 1, "a note of work to do names its issue, as #12", line.Trim());
            }

            if (Region().IsMatch(line))
            {
                yield return new Finding(file.Path, i + 1, "no regions", line.Trim());
            }

            if (Silenced().IsMatch(line) && !line.Contains("//", StringComparison.Ordinal) && !IsComment(file, i - 1))
            {
                yield return new Finding(file.Path, i + 1, "a silenced warning has a comment that says why", line.Trim());
            }
        }
    }

    private static bool IsComment(SourceFile file, int line) =>
        line >= 0 && file.Lines[line].TrimStart().StartsWith("//", StringComparison.Ordinal);

    private static bool IsAboutThisRule(SourceFile file) => file.Name.StartsWith(nameof(NoLeftoversRule), StringComparison.Ordinal);

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Note();

    [GeneratedRegex(@"#\d+")]
    private static partial Regex IssueNumber();

    [GeneratedRegex(@"^\s*#\s*(end)?region\b")]
    private static partial Regex Region();

    [GeneratedRegex(@"^\s*#\s*pragma\s+warning\s+disable\b")]
    private static partial Regex Silenced();
}
