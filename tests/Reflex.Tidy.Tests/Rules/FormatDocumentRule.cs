using System.Text.RegularExpressions;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>A document of a format lists the files that it binds, and they exist.</summary>
internal sealed partial class FormatDocumentRule : IRule
{
    private const string Rule = "a format's document lists the files that it binds";

    public IEnumerable<Finding> Check(Repository repository) => repository.Files
        .Where(file => file.Name is "BATCH.md" or "STATE.md" or "SCHEMA.md" || file.Name.EndsWith("FORMAT.md", StringComparison.Ordinal))
        .SelectMany(file => Check(repository, file));

    private static IEnumerable<Finding> Check(Repository repository, SourceFile file)
    {
        var isListing = false;
        for (var i = 0; i < file.Lines.Count; i++)
        {
            foreach (var name in Listed().Matches(file.Lines[i]).Select(match => match.Groups["name"].Value))
            {
                isListing = true;
                if (!repository.Has(file.Resolve(name)) && !repository.Files.Any(other => other.Name == name && other.IsProduct))
                {
                    yield return new Finding(file.Path, i + 1, Rule, $"{name} isn't there");
                }
            }
        }

        if (!isListing)
        {
            yield return new Finding(file.Path, 1, Rule, "it lists none");
        }
    }

    [GeneratedRegex(@"`(?<name>[\w./]+\.cs)`")]
    private static partial Regex Listed();
}
