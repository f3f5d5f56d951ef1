using System.Text;
using System.Text.Json;
using Reflex.Cli.Output;

namespace Reflex.Cli.Tests.Output;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("order-42 \\ \"quoted\" ~")]
    [InlineData("größe 語 ﷽ 😀 𝄞")]
    public void Of_TextThatIsSeen_IsTheSame(string text) => Assert.Equal(text, VisibleText.Of(text));

    [Theory]
    [InlineData("a\u001b[2J\r\nforged", "a\\u001b[2J\\r\\nforged")]
    [InlineData("\u009b31mred\u0085\u0007\u0008\t", "\\u009b31mred\\u0085\\u0007\\u0008\\t")]
    [InlineData("a\u007f\u0000", "a\\u007f\\u0000")]
    [InlineData("a\u2028b\u2029c", "a\\u2028b\\u2029c")]
    [InlineData("\u202eexe.\u2066\u2069\u200e\u061c", "\\u202eexe.\\u2066\\u2069\\u200e\\u061c")]
    [InlineData("pay\u200bpal\u200d\u2060\ufeff\u00ad", "pay\\u200bpal\\u200d\\u2060\\ufeff\\u00ad")]
    [InlineData("a\ufe0f\u034f\u115f\u3164\u2800\uffa0", "a\\ufe0f\\u034f\\u115f\\u3164\\u2800\\uffa0")]
    [InlineData("a\U000e0041\U000e0100", "a\\udb40\\udc41\\udb40\\udd00")]
    [InlineData("é\u001bé", "é\\u001bé")]
    public void Of_WhatSteersHidesOrTurns_IsAnEscape(string text, string expected) => Assert.Equal(expected, VisibleText.Of(text));

    [Fact]
    public void Of_HalfASurrogatePair_IsAnEscape()
    {
        Assert.Equal("a\\ud83d", VisibleText.Of("a\ud83d"));
        Assert.Equal("\\udca9a", VisibleText.Of("\udca9a"));
        Assert.Equal("\\udca9\\ud83d", VisibleText.Of("\udca9\ud83d"));
    }

    [Fact]
    public void Of_EveryCharacter_IsOneLineWithoutControls()
    {
        for (var value = 0; value <= 0x10ffff; value++)
        {
            if (Rune.TryCreate(value, out var rune))
            {
                var shown = VisibleText.Of($"<{rune}>");
                Assert.False(shown.Any(char.IsControl) || shown.AsSpan().ContainsAny("\u2028\u2029\u202e\u200b\ufeff"), $"U+{value:X4}");
            }
        }
    }

    [Fact]
    public void Of_LineOfJson_IsTheSameJson()
    {
        const string Text = "\"a\u009b\u202e\u200b\u2028\U000e0041 é 😀\"";

        Assert.Equal(JsonSerializer.Deserialize<string>(Text), JsonSerializer.Deserialize<string>(VisibleText.Of(Text)));
    }
}
