namespace Reflex.Tidy.Tests.Rules;

public sealed class InternalsRuleTests
{
    [Theory]
    [InlineData("src/P/P.csproj", "<Project><InternalsVisibleTo Include=\"P.Tests\" /></Project>")]
    [InlineData("silo/S.csproj", "<Project><InternalsVisibleTo Include=\"P.Tests;P.Benchmarks\" /></Project>")]
    [InlineData("tests/A/A.csproj", "<Project><InternalsVisibleTo Include=\"B\" /></Project>")]
    [InlineData("src/P/A.cs", "[Internals] class A;")]
    public void Check_ShownToTests_FindsNothing(string path, string text) => Assert.Empty(Check(path, text));

    [Theory]
    [InlineData("src/P/P.csproj", "<Project>\n<InternalsVisibleTo Include=\"Q\" /></Project>", "src/P/P.csproj:2: Q, which sees them")]
    [InlineData("silo/S.csproj", "<Project><InternalsVisibleTo Include=\"P.Tests;Q\" /></Project>", "silo/S.csproj:1: Q, which sees them")]
    [InlineData("src/P/A.cs", "using System;\n[assembly: InternalsVisibleTo(\"P.Tests\")]", "src/P/A.cs:2: the project file")]
    public void Check_ShownToAProduct_NamesThePlace(string path, string text, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Check(path, text)), StringComparison.Ordinal);

    private static List<string> Check(string path, string text) => RuleTester.Check(
        new InternalsRule(),
        (path, text),
        ("src/Q/Q.csproj", "<Project/>"),
        ("tests/P.Tests/P.Tests.csproj", "<Project/>"),
        ("tests/P.Benchmarks/P.Benchmarks.csproj", "<Project/>"));
}
