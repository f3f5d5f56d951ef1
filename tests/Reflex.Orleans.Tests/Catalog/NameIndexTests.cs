using Reflex.Orleans.Catalog;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Catalog;

public sealed class NameIndexTests
{
    [Fact]
    public void Find_AfterAdditions_FindsEachAndListsThemInOrder()
    {
        var index = Of("b", "d");
        index.Add("c", "C");
        index.Add("a", "A");

        Assert.Equal(["A", "B", "C", "D"], index.All);
        Assert.Equal("C", index.Find("c"));
        Assert.Null(index.Find("e"));
        index.Add("e", "E");
        Assert.Equal(5, index.All.Length);
    }

    [Fact]
    public void Near_OfFew_IsAllOfThem()
    {
        var sample = Of("b", "a").Near("x");

        Assert.Equal(["a", "b"], sample.Names);
        Assert.Equal(0, sample.Others);
        Assert.Empty(Of().Near("x").Names);
    }

    [Theory]
    [InlineData("a", "n000", "n099")]
    [InlineData("n150", "n100", "n199")]
    [InlineData("n150x", "n101", "n200")]
    [InlineData("z", "n200", "n299")]
    public void Near_OfMany_IsThoseNextToIt(string name, string first, string last)
    {
        var sample = Of([.. Enumerable.Range(0, 300).Select(i => $"n{i:000}")]).Near(name);

        Assert.Equal((100, 200), (sample.Names.Length, sample.Others));
        Assert.Equal((first, last), (sample.Names[0], sample.Names[^1]));
    }

    [Fact]
    public void Entries_OfOneNameTwice_AreTheFirst()
    {
        var index = new NameIndex<StreamName, string>([KeyValuePair.Create<StreamName, string>("a", "1"), new("a", "2")]);

        Assert.Equal(["1"], index.All);
    }

    private static NameIndex<StreamName, string> Of(params string[] names) =>
        new(names.Select(name => KeyValuePair.Create<StreamName, string>(name, name.ToUpperInvariant())));
}
