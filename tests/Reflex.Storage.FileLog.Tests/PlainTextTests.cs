namespace Reflex.Storage.FileLog.Tests;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("notes.txt", "notes.txt")]
    [InlineData("Übersicht 日本", "Übersicht 日本")]
    [InlineData("a\u001b[2Jb\r\nforged", "a?[2Jb??forged")]
    [InlineData("\u202egpj.exe", "?gpj.exe")]
    [InlineData("a\u2028b", "a?b")]
    public void Of_AnyText_IsOneLineThatNoTerminalObeys(string text, string expected) => Assert.Equal(expected, PlainText.Of(text));

    [Fact]
    public void Of_HalfACharacter_IsTheMarkForThat() => Assert.Equal("a\ufffd", PlainText.Of("a" + '\ud83d'));

    [Fact]
    public void Of_ALongText_IsItsBeginning() => Assert.Equal(new string('x', 60) + "…", PlainText.Of(new string('x', 10_000)));

    [Fact]
    public void List_OfManyNames_SaysHowManyMore() => Assert.EndsWith(
        "n28, n29 and 5 more", PlainText.List([.. Enumerable.Range(10, 25).Select(i => $"n{i}")]), StringComparison.Ordinal);
}
