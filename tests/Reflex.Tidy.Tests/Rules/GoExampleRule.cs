using System.Text.RegularExpressions;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>
/// A Go example can be copied: it imports exactly the packages that it uses, and connects with the interceptor without which luno/reflex
/// knows none of our errors.
/// </summary>
internal sealed partial class GoExampleRule : IRule
{
    private const string Interceptor = "grpc.WithStreamInterceptor(jettisongrpc.StreamClientInterceptor)";

    public IEnumerable<Finding> Check(Repository repository) => repository.Files.Where(file => file.IsMarkdown)
        .SelectMany(file => Block().Matches(file.Text).SelectMany(block => Check(file, block)));

    private static IEnumerable<Finding> Check(SourceFile file, Match block)
    {
        var line = file.Text.AsSpan(0, block.Index).Count('\n') + 1;
        var code = block.Groups["code"].Value;
        var imported = Import().Matches(code)
            .Select(import => import.Groups["alias"] is { Success: true } alias ? alias.Value : import.Groups["path"].Value.Split('/')[^1])
            .ToHashSet();
        var body = Comment().Replace(Text().Replace(code, ""), "");
        var variables = Variable().Matches(body).SelectMany(match => match.Groups["name"].Captures).Select(name => name.Value);
        var used = Qualifier().Matches(body).Select(match => match.Groups["name"].Value).Except(variables).ToHashSet();
        foreach (var name in used.Except(imported).Order())
        {
            yield return new Finding(file.Path, line, "a Go example imports what it uses", $"{name} isn't imported");
        }

        foreach (var name in imported.Except(used).Order())
        {
            yield return new Finding(file.Path, line, "a Go example uses what it imports", $"{name} isn't used");
        }

        if (body.Contains("grpc.NewClient(", StringComparison.Ordinal) && !body.Contains(Interceptor, StringComparison.Ordinal))
        {
            yield return new Finding(file.Path, line, "a Go client has luno/jettison's interceptor", $"{Interceptor} is missing");
        }
    }

    [GeneratedRegex(@"^```go\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\t(?:(?<alias>\w+) )?""(?<path>[\w./-]+)""", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex("\"[^\"\n]*\"")]
    private static partial Regex Text();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<name>\w+)(?:, (?<name>\w+))* :=")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\b(?<name>[a-z]\w*)\.[A-Z]")]
    private static partial Regex Qualifier();
}
