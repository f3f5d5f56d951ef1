using Microsoft.Extensions.Time.Testing;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Tests.Streams;

public sealed class StreamOptionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-10, 10, 0)]
    [InlineData(-10, 11, 1)]
    [InlineData(0, 10, 10)]
    [InlineData(5, 10, 15)]
    public void PauseBefore_NearbyEvent_IsWhatIsMissing(int timestampSeconds, int lagSeconds, int expectedSeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), Pause(Now.AddSeconds(timestampSeconds), TimeSpan.FromSeconds(lagSeconds)));

    [Theory]
    [InlineData("9999-12-31", "00:00:01")]
    [InlineData("9999-12-31", "10675199.02:48:05.4775807")]
    [InlineData("0001-01-01", "10675199.02:48:05.4775807")]
    public void PauseBefore_EventOrLagOfCenturies_IsADay(string timestamp, string lag) =>
        Assert.Equal(TimeSpan.FromDays(1), Pause(DateTimeOffset.Parse(timestamp + "Z"), TimeSpan.Parse(lag)));

    [Fact]
    public void PauseBefore_OldestTimestamp_IsNone() => Assert.Equal(TimeSpan.Zero, Pause(DateTimeOffset.MinValue, TimeSpan.FromDays(1)));

    private static TimeSpan Pause(DateTimeOffset timestamp, TimeSpan lag) => new StreamOptions { Lag = lag }
        .PauseBefore(Event.Create(new EventId(1), new NewEvent(1, "a") { Timestamp = timestamp }), new FakeTimeProvider(Now));
}
