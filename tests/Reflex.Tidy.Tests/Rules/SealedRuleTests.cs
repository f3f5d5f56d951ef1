namespace Reflex.Tidy.Tests.Rules;

public sealed class SealedRuleTests
{
    [Theory]
    [InlineData("sealed class A { private sealed record B; }")]
    [InlineData("abstract class A { }")]
    [InlineData("static class A { }")]
    [InlineData("record struct A; struct B { } interface IC { } enum D { }")]
    [InlineData("sealed partial class A { } partial class A { }")]
    [InlineData("class LogFailedException { }")]
    public void Check_ClosedOrListed_FindsNothing(string text) => Assert.Empty(RuleTester.Check(new SealedRule(), ("src/P/A.cs", text)));

    [Theory]
    [InlineData("\nclass A { }", "src/P/A.cs:2: A is open")]
    [InlineData("record A;", "src/P/A.cs:1: A is open")]
    [InlineData("sealed class A {\nclass B { } }", "src/P/A.cs:2: B is open")]
    public void Check_OpenClass_NamesThePlace(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Single(RuleTester.Check(new SealedRule(), ("src/P/A.cs", text))), StringComparison.Ordinal);

    [Fact]
    public void Check_OutsideTheProduct_FindsNothing() => Assert.Empty(RuleTester.Check(new SealedRule(), ("tests/A.cs", "class A { }")));
}
