namespace Reflex.Tidy.Tests.Rules;

public sealed class SolutionRuleTests
{
    private const string Solution = "Project(\"{1}\") = \"A\", \"src\\A\\A.csproj\", \"{2}\"";

    [Fact]
    public void Check_ProjectInTheSolution_FindsNothing() => Assert.Empty(
        RuleTester.Check(new SolutionRule(), ("Reflex.Orleans.sln", Solution), ("src/A/A.csproj", "")));

    [Fact]
    public void Check_ProjectOutsideTheSolution_NamesIt() => Assert.StartsWith(
        "tests/A/A.csproj:1: it is not",
        Assert.Single(RuleTester.Check(new SolutionRule(), ("Reflex.Orleans.sln", Solution), ("tests/A/A.csproj", ""))),
        StringComparison.Ordinal);
}
