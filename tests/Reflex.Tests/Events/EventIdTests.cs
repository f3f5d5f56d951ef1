using CsCheck;
using Reflex.Events;

namespace Reflex.Tests.Events;

public sealed class EventIdTests
{
    [Fact]
    public void Parse_TextOfAnyId_RoundTrips() => Gen.Long[0, long.MaxValue - 1].Sample(number =>
    {
        var id = new EventId(number);
        Assert.Equal(id, EventId.Parse(id.ToString()));
    });

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("9223372036854775806", long.MaxValue - 1)]
    public void TryParse_Boundaries_AreIds(string text, long number)
    {
        Assert.True(EventId.TryParse(text, out var id));
        Assert.Equal(number, id.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("1,000")]
    [InlineData("0x1")]
    [InlineData("1e3")]
    [InlineData("١")] // An Arabic-Indic digit.
    [InlineData("9223372036854775807")] // It has no next id.
    [InlineData("9223372036854775808")]
    public void Parse_OtherText_IsRefusedNamingIt(string text)
    {
        Assert.False(EventId.TryParse(text, out var id));
        Assert.Equal(EventId.None, id);
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => EventId.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_TwoIds_OrderThemAsNumbers()
    {
        var two = new EventId(2);
        var ten = new EventId(10);
        Assert.True(two < ten && two <= ten && ten > two && ten >= two && two.CompareTo(ten) < 0);
        Assert.Equal(new EventId(3), two.Next);
        Assert.True(EventId.None.IsNone && !two.IsNone);
    }
}
