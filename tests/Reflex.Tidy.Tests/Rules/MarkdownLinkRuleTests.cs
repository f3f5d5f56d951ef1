namespace Reflex.Tidy.Tests.Rules;

public sealed class MarkdownLinkRuleTests
{
    [Theory]
    [InlineData("[a](other.md)")]
    [InlineData("[a](other.md#part) and [b](../README.md \"title\")")]
    [InlineData("[a](..) [b](../docs) [c](#part)")]
    [InlineData("[a](https://example.org/x)")]
    [InlineData("```\n[a](none.md)\n```")]
    public void Check_GoodLink_FindsNothing(string text) => Assert.Empty(Check(text));

    [Theory]
    [InlineData("\n[a](none.md)", "docs/a.md:2: none.md leads nowhere")]
    [InlineData("[a](/README.md) [b](none.md#part)", "docs/a.md:1: /README.md leads nowhere", "docs/a.md:1: none.md#part leads nowhere")]
    [InlineData("[a](../../README.md)", "docs/a.md:1: ../../README.md leads nowhere")]
    public void Check_BrokenLink_NamesThePlace(string text, params string[] expected) =>
        Assert.Equal(expected, Check(text).Select(finding => finding.Split(" [")[0]));

    private static List<string> Check(string text) =>
        RuleTester.Check(new MarkdownLinkRule(), ("docs/a.md", text), ("docs/other.md", ""), ("README.md", ""));
}
