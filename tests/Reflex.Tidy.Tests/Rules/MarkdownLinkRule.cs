using System.Text.RegularExpressions;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>Every link of a document to a file of the repository leads to one.</summary>
internal sealed partial class MarkdownLinkRule : IRule
{
    public IEnumerable<Finding> Check(Repository repository) =>
        repository.Files.Where(file => file.IsMarkdown).SelectMany(file => Check(repository, file));

    private static IEnumerable<Finding> Check(Repository repository, SourceFile file)
    {
        var isCode = false;
        for (var i = 0; i < file.Lines.Count; i++)
        {
            isCode ^= file.Lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal);
            foreach (var target in isCode ? [] : Link().Matches(file.Lines[i]).Select(match => match.Groups["target"].Value))
            {
                var path = target.Split('#')[0];
                if (path.Length > 0 && !Absolute().IsMatch(path) && !repository.Has(file.Resolve(Uri.UnescapeDataString(path))))
                {
                    yield return new Finding(file.Path, i + 1, "a link leads to a file that is there", $"{target} leads nowhere");
                }
            }
        }
    }

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Absolute();
}
