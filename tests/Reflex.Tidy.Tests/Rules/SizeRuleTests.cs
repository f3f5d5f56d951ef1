namespace Reflex.Tidy.Tests.Rules;

public sealed class SizeRuleTests
{
    [Fact]
    public void Check_AtTheLimits_FindsNothing()
    {
        Assert.Empty(Check(string.Concat(Enumerable.Repeat("\n", 399)) + "//\n"));
        Assert.Empty(Check("//" + new string('x', 138)));
        Assert.Empty(Check(Method(68)));
    }

    [Fact]
    public void Check_OverTheLimits_NamesThePlace()
    {
        Assert.Equal("src/A.cs:401: it has 401 [a file has at most 400 lines]", Assert.Single(Check(new string('\n', 400) + "//\n")));
        Assert.Equal(
            "src/A.cs:2: it has 141 [a line has at most 140 characters]", Assert.Single(Check("\n//" + new string('x', 139))));
        Assert.Equal("src/A.cs:3: it has 71 [a method has at most 70 lines]", Assert.Single(Check(Method(69))));
        Assert.Equal(2, Check($"class B {{ B() {{ void Inner() {{ {new string('\n', 70)} }} }} }}").Count);
    }

    private static string Method(int linesInside) => $"class A\n{{\nvoid M() {{{new string('\n', linesInside)}\n}}\n}}\n";

    private static List<string> Check(string text) => RuleTester.Check(new SizeRule(), ("src/A.cs", text));
}
