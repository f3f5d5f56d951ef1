namespace Reflex.Tidy.Tests.Rules;

public sealed class NoLeftoversRuleTests
{
    [Theory]
    [InlineData("// TODO: later")]
    [InlineData("// FIXME")]
    [InlineData("    #region A")]
    [InlineData("#endregion")]
    [InlineData("#pragma warning disable CS0001")]
    public void Check_Leftover_NamesThePlace(string line) => Assert.StartsWith(
        "src/A.cs:2: ", Assert.Single(RuleTester.Check(new NoLeftoversRule(), ("src/A.cs", $"\n{line}\n"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("// TODO #12: later")]
    [InlineData("var todos = 1;")]
    [InlineData("#pragma warning disable CS0001 // The generator's code is not ours.")]
    [InlineData("// The generator's code is not ours.\n#pragma warning disable CS0001")]
    [InlineData("#pragma warning restore CS0001")]
    public void Check_WithItsReason_FindsNothing(string line) =>
        Assert.Empty(RuleTester.Check(new NoLeftoversRule(), ("src/A.cs", $"\n{line}\n")));
}
