namespace Reflex.Tidy.Tests.Rules;

public sealed class OneTypePerFileRuleTests
{
    [Theory]
    [InlineData("A.cs", "namespace N; class A { class Inner { } }")]
    [InlineData("A.cs", "delegate void A();")]
    [InlineData("A.cs", "namespace N { enum A { } }")]
    [InlineData("A.Part.cs", "partial class A { }")]
    [InlineData("Program.cs", "System.Console.WriteLine();")]
    [InlineData("notes.md", "class A { } class B { }")]
    public void Check_TidyFile_FindsNothing(string name, string text) =>
        Assert.Empty(RuleTester.Check(new OneTypePerFileRule(), ($"src/{name}", text)));

    [Theory]
    [InlineData("A.cs", "class A { }\nclass B { }", "src/A.cs:2: B is beside A")]
    [InlineData("A.cs", "namespace N;\n\nrecord struct A;\ninterface IB { }", "src/A.cs:4: IB is beside A")]
    [InlineData("B.cs", "class A { }", "src/B.cs:1: A is in B.cs")]
    [InlineData("B.cs", "\nenum A { }", "src/B.cs:2: A is in B.cs")]
    [InlineData("A.Part.cs", "class A { }", "src/A.Part.cs:1: A is in A.Part.cs")]
    public void Check_UntidyFile_NamesThePlace(string name, string text, string expected)
    {
        var finding = Assert.Single(RuleTester.Check(new OneTypePerFileRule(), ($"src/{name}", text)));
        Assert.StartsWith(expected, finding, StringComparison.Ordinal);
    }
}
