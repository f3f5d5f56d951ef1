namespace Reflex.Tidy.Tests.Rules;

public sealed class ReferenceRuleTests
{
    [Theory]
    [InlineData("src", "Reflex.Orleans", "src", "Reflex")]
    [InlineData("src", "Reflex.Testing", "src", "Reflex")]
    [InlineData("src", "Reflex.AspNetCore", "src", "Reflex.Grpc")]
    [InlineData("tests", "Reflex.Tests", "src", "Reflex.Orleans")]
    [InlineData("tests", "Reflex.Tests", "tests", "Example.Orders")]
    [InlineData("silo", "Reflex.Silo", "src", "Reflex.Storage.FileLog")]
    [InlineData("silo", "Reflex.Silo", "src", "Reflex.Storage.Sqlite")]
    public void Check_AllowedReference_FindsNothing(string fromFolder, string from, string toFolder, string to) =>
        Assert.Empty(Check(fromFolder, from, toFolder, to));

    [Theory]
    [InlineData("src", "Reflex", "src", "Reflex.Testing", "Reflex must not know Reflex.Testing")]
    [InlineData("src", "Reflex.Orleans", "src", "Reflex.Grpc", "Reflex.Orleans must not know Reflex.Grpc")]
    [InlineData("src", "Reflex.Orleans", "src", "Reflex.Storage.FileLog", "Reflex.Orleans must not know Reflex.Storage.FileLog")]
    [InlineData("src", "Reflex.Storage.FileLog", "src", "Reflex.Orleans", "Reflex.Storage.FileLog must not know Reflex.Orleans")]
    [InlineData("src", "Reflex.Orleans", "src", "Reflex.Storage.Sqlite", "Reflex.Orleans must not know Reflex.Storage.Sqlite")]
    [InlineData("src", "Reflex.Storage.Sqlite", "src", "Reflex.Orleans", "Reflex.Storage.Sqlite must not know Reflex.Orleans")]
    [InlineData("src", "Reflex.Testing", "src", "Reflex.Orleans", "Reflex.Testing must not know Reflex.Orleans")]
    [InlineData("src", "Reflex.Grpc", "src", "Reflex.AspNetCore", "Reflex.Grpc must not know Reflex.AspNetCore")]
    [InlineData("src", "Reflex.Orleans", "tests", "Reflex.Tests", "Reflex.Orleans refers to Reflex.Tests outside src")]
    public void Check_ForbiddenReference_NamesThePlace(string fromFolder, string from, string toFolder, string to, string expected)
    {
        var finding = Assert.Single(Check(fromFolder, from, toFolder, to));
        Assert.StartsWith($"{fromFolder}/{from}/{from}.csproj:2: {expected}", finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_ReferenceToNothing_NamesThePlace()
    {
        var finding = Assert.Single(RuleTester.Check(new ReferenceRule(), Project("src", "Reflex.A", "src", "Reflex")));
        Assert.Contains("which isn't there", finding, StringComparison.Ordinal);
    }

    private static List<string> Check(string fromFolder, string from, string toFolder, string to) =>
        RuleTester.Check(new ReferenceRule(), Project(fromFolder, from, toFolder, to), ($"{toFolder}/{to}/{to}.csproj", "<Project/>"));

    private static (string Path, string Text) Project(string fromFolder, string from, string toFolder, string to) => (
        $"{fromFolder}/{from}/{from}.csproj",
        $"<Project>\n<ItemGroup><ProjectReference Include=\"../../{toFolder}\\{to}/{to}.csproj\" /></ItemGroup></Project>");
}
