namespace Reflex.Tidy.Tests.Rules;

public sealed class PublicTypesRuleTests
{
    private const string Document = "Words of `None`.\n\n| types | who needs them |\n| --- | --- |\n| `A`, `B` | users of `Other` |\n";

    [Theory]
    [InlineData("public sealed partial class A { }", "public delegate void B();")]
    [InlineData("namespace P; public enum A { X }", "public record struct B { public class Inner { } }")]
    [InlineData("public class A { } internal class C { }", "public interface B { } class D { }")]
    public void Check_ListedTypes_FindsNothing(string first, string second) =>
        Assert.Empty(Check(Document, ("src/Reflex/A.cs", first), ("src/Reflex/A.Part.cs", first), ("src/Reflex/B.cs", second)));

    [Theory]
    [InlineData("\npublic static class C { }", "src/Reflex/X/C.cs:2: C is public, and src/Reflex/PUBLIC.md doesn't say for whom")]
    [InlineData("public delegate int Other();", "src/Reflex/X/C.cs:1: Other is public")]
    [InlineData("public enum None { }", "src/Reflex/X/C.cs:1: None is public")]
    public void Check_AnotherPublicType_NamesThePlace(string text, string expected)
    {
        var findings = Check(
            Document, ("src/Reflex/A.cs", "public enum A"), ("src/Reflex/B.cs", "public enum B"), ("src/Reflex/X/C.cs", text));
        Assert.StartsWith(expected, Assert.Single(findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WithoutTheDocument_FindsEveryType() => Assert.Equal(2, RuleTester.Check(
        new PublicTypesRule(), ("src/Reflex/A.cs", "public enum A"), ("src/Reflex/B.cs", "public enum B")).Count);

    [Fact]
    public void Check_ListedButNotPublicOrTwice_NamesTheLine()
    {
        var findings = Check(Document + "| `A` | twice |\n", ("src/Reflex/A.cs", "public enum A"), ("src/Reflex/B.cs", "internal enum B"));
        Assert.Equal(2, findings.Count);
        Assert.StartsWith("src/Reflex/PUBLIC.md:5: B isn't a public type", findings[0], StringComparison.Ordinal);
        Assert.StartsWith("src/Reflex/PUBLIC.md:6: A is listed already", findings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OtherProjects_FindsNothing() => Assert.Empty(RuleTester.Check(
        new PublicTypesRule(), ("src/Reflex.Grpc/A.cs", "public enum A"), ("tests/A.cs", "public enum A")));

    private static List<string> Check(string document, params (string, string)[] files) =>
        RuleTester.Check(new PublicTypesRule(), [("src/Reflex/PUBLIC.md", document), .. files]);
}
