namespace Reflex.Tidy.Tests.Rules;

public sealed class FormatDocumentRuleTests
{
    [Theory]
    [InlineData("This binds `A.cs` and `../B/B.cs`.")]
    [InlineData("This binds `A.cs` and `B.cs`.")]
    public void Check_ListedFilesExist_FindsNothing(string text) => Assert.Empty(Check("src/A/FORMAT.md", text));

    [Theory]
    [InlineData("src/A/FORMAT.md", "This binds\n`A.cs` and `Gone.cs`.", "src/A/FORMAT.md:2: Gone.cs isn't there")]
    [InlineData("src/A/BATCH.md", "`../Gone/A.cs`", "src/A/BATCH.md:1: ../Gone/A.cs isn't there")]
    [InlineData("src/A/FORMAT.md", "This binds nothing.", "src/A/FORMAT.md:1: it lists none")]
    public void Check_FileGoneOrNoneListed_NamesThePlace(string path, string text, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Check(path, text)), StringComparison.Ordinal);

    private static List<string> Check(string path, string text) =>
        RuleTester.Check(new FormatDocumentRule(), (path, text), ("src/A/A.cs", ""), ("src/B/B.cs", ""));
}
