using CsCheck;
using Reflex.Events;

namespace Reflex.Tests.Events;

public sealed class EventIdTests
{
    [Fact]
    public void Parse_TextOfAnyId_RoundTrips() => Gen.Long[0, long.MaxValue].Sample(number =>
    {
        var id = new EventId(number);
        Assert.Equal(id, EventId.Parse(id.ToString()));
    });

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("9223372036854775807", long.MaxValue)]
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
    public void Parse_OtherText_IsRefusedNamingIt(string text)
    {
        Assert.False(EventId.TryParse(text, out var id));
        Assert.Equal(EventId.None, id);
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => EventId.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("10000000000000000000000")]
    public void Parse_MoreDigitsThanIdsHave_SaysWhichIsTheLargest(string text)
    {
        Assert.False(EventId.TryParse(text, out _));
        Assert.Equal(
            $"'{text}' is not an event id: the largest event id is 9223372036854775807.",
            Assert.Throws<FormatException>(() => EventId.Parse(text)).Message);
    }

    [Fact]
    public void Next_OfTheLargestId_IsNeverASmallerOne() =>
        Assert.Throws<OverflowException>(() => new EventId(long.MaxValue).Next);

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
