namespace Reflex.Tidy.Tests.Rules;

public sealed class FolderReferenceRuleTests
{
    private const string Lower = "namespace Reflex.House.Cellar; class Coal;";

    [Theory]
    [InlineData("using Reflex.House.Cellar;\nnamespace Reflex.House.Kitchen; class Stove;")]
    [InlineData("namespace Reflex.House.Kitchen; class Stove(Reflex.House.Cellar.Coal coal);")]
    [InlineData("namespace Reflex.House.Kitchen; class Stove(Cellar.Coal coal);")]
    public void Check_OneWay_FindsNothing(string kitchen) => Assert.Empty(Check(("Kitchen/Stove", kitchen), ("Cellar/Coal", Lower)));

    [Theory]
    [InlineData("using Reflex.House.Kitchen;\nnamespace Reflex.House.Cellar; class Coal;", 1)]
    [InlineData("using static Reflex.House.Kitchen.Stove;\nnamespace Reflex.House.Cellar; class Coal;", 1)]
    [InlineData("namespace Reflex.House.Cellar;\nclass Coal(Kitchen.Stove stove);", 2)]
    [InlineData("namespace Reflex.House.Cellar;\nclass Coal { object At => Reflex.House.Kitchen.Stove.Hot; }", 2)]
    public void Check_BothWays_NamesBothPlaces(string cellar, int line) => Assert.Equal(
        [
            "src/Reflex.House/Kitchen/Stove.cs:1: Kitchen uses Cellar, which uses it: Cellar -> Kitchen [rooms refer one way]",
            $"src/Reflex.House/Cellar/Coal.cs:{line}: Cellar uses Kitchen, which uses it: Kitchen -> Cellar [rooms refer one way]",
        ],
        Check(("Kitchen/Stove", "using Reflex.House.Cellar;\nnamespace Reflex.House.Kitchen; class Stove;"), ("Cellar/Coal", cellar)));

    [Fact]
    public void Check_OverAThirdRoom_NamesTheWay()
    {
        var found = Check(
            ("Attic/Roof", "using Reflex.House.Kitchen; namespace Reflex.House.Attic; class Roof;"),
            ("Kitchen/Stove", "using Reflex.House.Cellar; namespace Reflex.House.Kitchen; class Stove;"),
            ("Cellar/Coal", "using Reflex.House.Attic; namespace Reflex.House.Cellar; class Coal;"));
        Assert.Equal(3, found.Count);
        Assert.Contains("Attic uses Kitchen, which uses it: Kitchen -> Cellar -> Attic", found[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Check_UsingOfAnotherRootWithARoomsName_IsNoReference() => Assert.Empty(Check(
        ("Kitchen/Stove", "using Reflex.House.Cellar; namespace Reflex.House.Kitchen; class Stove;"),
        ("Cellar/Coal", "using Kitchen.Ware; using Pan = Kitchen.Ware.Pan; namespace Reflex.House.Cellar; class Coal;")));

    [Fact]
    public void Check_TypesInTheProjectsFolder_AreRoomsOfTheirOwn() => Assert.Empty(Check(
        ("House", "using Reflex.House.Cellar; namespace Reflex.House; class House(Key key);"),
        ("Key", "namespace Reflex.House; class Key;"),
        ("Cellar/Coal", "namespace Reflex.House.Cellar; class Coal(Key key) { int House => this.House; }")));

    [Fact]
    public void Check_TypeInTheProjectsFolderThatUsesItsUser_IsFound()
    {
        var found = Check(
            ("House.Log", "using Reflex.House.Cellar; namespace Reflex.House; partial class House;"),
            ("Cellar/Coal", "namespace Reflex.House.Cellar; class Coal(House house);"));
        Assert.Equal(2, found.Count);
        Assert.Contains("House uses Cellar, which uses it: Cellar -> House", found[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Check_AllowedReference_IsPassedOverWhileItClosesACycle()
    {
        var rule = new FolderReferenceRule([("Reflex.House", "Cellar", "Kitchen")]);
        var kitchen = ("Kitchen/Stove", "using Reflex.House.Cellar; namespace Reflex.House.Kitchen; class Stove;");
        Assert.Empty(Check(rule, kitchen, ("Cellar/Coal", "using Reflex.House.Kitchen; namespace Reflex.House.Cellar; class Coal;")));
        var stale = Assert.Single(Check(rule, kitchen, ("Cellar/Coal", Lower)));
        Assert.Contains("Reflex.House: Cellar -> Kitchen closes no cycle any more: strike it out", stale, StringComparison.Ordinal);
    }

    private static List<string> Check(params (string Name, string Text)[] files) => Check(new FolderReferenceRule([]), files);

    private static List<string> Check(FolderReferenceRule rule, params (string Name, string Text)[] files) => RuleTester.Check(
        rule,
        [("src/Reflex.House/Reflex.House.csproj", "<Project/>"), .. files.Select(file => ($"src/Reflex.House/{file.Name}.cs", file.Text))]);
}
