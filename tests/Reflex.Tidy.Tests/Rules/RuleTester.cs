namespace Reflex.Tidy.Tests.Rules;

/// <summary>Runs a rule on files that exist in a test only.</summary>
internal static class RuleTester
{
    public static List<string> Check(IRule rule, params (string Path, string Text)[] files) =>
        [.. rule.Check(new Repository([.. files.Select(file => new SourceFile(file.Path, file.Text))])).Select(f => f.ToString())];
}
