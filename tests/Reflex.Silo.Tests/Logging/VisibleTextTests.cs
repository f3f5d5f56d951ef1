extern alias silo;

using System.Globalization;
using silo::Reflex.Silo.Logging;

namespace Reflex.Silo.Tests.Logging;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("order-42", "order-42")]
    [InlineData("Grüße, 世界 and 🎉", "Grüße, 世界 and 🎉")]
    [InlineData("C:\\data \"x\" {y}", "C:\\data \"x\" {y}")]
    [InlineData("a\u001b[2Jb", "a\\u001b[2Jb")]
    [InlineData("a\r\nforged", "a\\u000d\\u000aforged")]
    [InlineData("\0\b\t\u007f", "\\u0000\\u0008\\u0009\\u007f")]
    [InlineData("\u0080\u0085\u009b31m\u009f", "\\u0080\\u0085\\u009b31m\\u009f")]
    [InlineData("\u2028\u2029", "\\u2028\\u2029")]
    [InlineData("\u202a\u202e\u2066\u2069\u200e\u200f\u061c", "\\u202a\\u202e\\u2066\\u2069\\u200e\\u200f\\u061c")]
    [InlineData("a\u200b\u00ad\ufeffb", "a\\u200b\\u00ad\\ufeffb")]
    [InlineData("\U000e0041", "\\U000e0041")]
    public void Of_Text_ShowsWhatWouldDoSomething(string text, string expected) => Assert.Equal(expected, VisibleText.Of(text));

    // They can't stand in an attribute, which is UTF-8.
    [Fact]
    public void Of_HalvesOfCharacters_ShowsThem()
    {
        Assert.Equal("a\\ud83d", VisibleText.Of("a\ud83d"));
        Assert.Equal("\\udc00\\ud83db", VisibleText.Of("\udc00\ud83db"));
    }

    [Fact]
    public void Of_AnyCharacter_IsInOneLineWithoutControls()
    {
        UnicodeCategory[] invisible =
        [
            UnicodeCategory.Control, UnicodeCategory.Format, UnicodeCategory.LineSeparator, UnicodeCategory.ParagraphSeparator,
            UnicodeCategory.Surrogate,
        ];
        for (var character = 0; character <= char.MaxValue; character++)
        {
            Assert.DoesNotContain(VisibleText.Of($"{(char)character}"), c => invisible.Contains(char.GetUnicodeCategory(c)));
        }
    }

    [Fact]
    public void Of_LongText_TellsHowMuchWasCut()
    {
        Assert.Equal(new string('x', 100), VisibleText.Of(new string('x', 100), limit: 100));
        Assert.Equal($"{new string('x', 100)}… (7 more characters)", VisibleText.Of(new string('x', 107), limit: 100));
        Assert.Equal(VisibleText.MaxLength + "… (1000000 more characters)".Length, VisibleText.Of(new string('x', 1_008_192)).Length);
        Assert.InRange(VisibleText.Of(new string('\u001b', 1_000_000)).Length, VisibleText.MaxLength, VisibleText.MaxLength + 40);
    }
}
