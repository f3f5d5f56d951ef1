namespace Reflex.Tidy.Tests.Rules;

public sealed class GoExampleRuleTests
{
    private const string Imports =
        "import (\n\tjettisongrpc \"github.com/luno/jettison/grpc\" // before: github.com/x.Old\n\t\"google.golang.org/grpc\"\n)\n";

    private const string Connect = "grpc.NewClient(\"x.Y\", grpc.WithStreamInterceptor(jettisongrpc.StreamClientInterceptor))\n";

    [Theory]
    [InlineData("text about grpc.NewClient(")]
    [InlineData("```js\ngrpc.NewClient(x)\n```")]
    [InlineData($"```go\n{Imports}conn, err := {Connect}conn.Close()\n```")]
    public void Check_WholeExample_FindsNothing(string text) => Assert.Empty(Check(text));

    [Theory]
    [InlineData($"\n```go\nerr := {Connect}```", "a.md:2: grpc isn't imported", "a.md:2: jettisongrpc isn't imported")]
    [InlineData($"```go\n{Imports}grpc.Dial(x)\n```", "a.md:1: jettisongrpc isn't used")]
    [InlineData(
        "```go\nimport (\n\t\"google.golang.org/grpc\"\n)\nconn := grpc.NewClient(x)\n```",
        "a.md:1: grpc.WithStreamInterceptor(jettisongrpc.StreamClientInterceptor) is missing")]
    public void Check_PartOfAnExample_NamesWhatIsMissing(string text, params string[] expected) =>
        Assert.Equal(expected, Check(text).Select(finding => finding.Split(" [")[0]));

    private static List<string> Check(string text) => RuleTester.Check(new GoExampleRule(), ("a.md", text));
}
