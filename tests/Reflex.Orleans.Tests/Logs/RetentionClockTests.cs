using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Reflex.Diagnostics;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Logs;

public sealed class RetentionClockTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Years = TimeSpan.FromDays(30 * 365);

    private readonly SettableClock _time = new(Start);
    private readonly FakeLogger<RetentionClock> _logger = new();
    private readonly TestMeters _meters = new();
    private readonly PartitionInstruments _instruments;
    private readonly MetricCollector<long> _jumps;
    private readonly RetentionClock _clock;

    public RetentionClockTests()
    {
        _instruments = new PartitionInstruments(_meters, new CommitTimes(TimeProvider.System));
        _jumps = new MetricCollector<long>(_meters, ReflexDiagnostics.MeterName, "reflex.clock.jumps");
        _clock = new RetentionClock(_time, _instruments, _logger);
    }

    private IEnumerable<string> Warnings => _logger.Collector.GetSnapshot()
        .Where(record => record.Level == LogLevel.Warning).Select(record => record.Message);

    public void Dispose()
    {
        _jumps.Dispose();
        _instruments.Dispose();
    }

    [Fact]
    public void GetUtcNow_ClockIsRight_IsTheClock()
    {
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            _time.Set(TimeSpan.FromSeconds(i % 2 == 0 ? 20 : -20));
            Assert.Equal(_time.GetUtcNow(), _clock.GetUtcNow());
        }

        Assert.Empty(Warnings);
        Assert.Empty(_jumps.GetMeasurementSnapshot());
    }

    [Fact]
    public void GetUtcNow_ClockIsAheadForAMoment_GoesOnAsBefore()
    {
        Pass(Minute);
        _time.Set(Years);
        Assert.Equal(Start + Minute, _clock.GetUtcNow());
        Pass(59 * Minute);
        Assert.Equal(Start + (60 * Minute), _clock.GetUtcNow());
        _time.Set(-Years);
        Pass(Minute);
        Assert.Equal(Start + (61 * Minute), _clock.GetUtcNow());
        var warning = Assert.Single(Warnings);
        Assert.StartsWith("The clock was set ahead by 10950.00:00:00, to 2059-12-", warning, StringComparison.Ordinal);
        Assert.Equal("forward", Assert.Single(_jumps.GetMeasurementSnapshot()).Tags["direction"]);
    }

    [Fact]
    public void GetUtcNow_ClockStaysAhead_IsBelievedAfterAnHour()
    {
        _time.Set(Years);
        Assert.Equal(Start, _clock.GetUtcNow());
        Pass(59 * Minute);
        Assert.Equal(Start + (59 * Minute), _clock.GetUtcNow());
        Pass(Minute);
        Assert.Equal(Start + (60 * Minute) + Years, _clock.GetUtcNow());
        Pass(Minute);
        Assert.Equal(Start + (61 * Minute) + Years, _clock.GetUtcNow());
        Assert.Single(_jumps.GetMeasurementSnapshot());
    }

    [Fact]
    public void GetUtcNow_ClockJumpsAgain_MustStandAnHourAnew()
    {
        _time.Set(Years);
        Pass(40 * Minute);
        _time.Set(Years);
        Pass(40 * Minute);
        Assert.Equal(Start + (80 * Minute), _clock.GetUtcNow());
        Pass(20 * Minute);
        Assert.Equal(Start + (100 * Minute) + Years + Years, _clock.GetUtcNow());
        Assert.Equal(2, _jumps.GetMeasurementSnapshot().Count);
    }

    [Fact]
    public void GetUtcNow_ClockIsSetBack_IsBelievedAtOnceAndItsReturnAfterAnHour()
    {
        _time.Set(-Years);
        Assert.Equal(Start - Years, _clock.GetUtcNow());
        Pass(Minute);
        _time.Set(Years);
        Assert.Equal(Start - Years + Minute, _clock.GetUtcNow());
        Pass(60 * Minute);
        Assert.Equal(Start + (61 * Minute), _clock.GetUtcNow());
        Assert.Equal(["back", "forward"], _jumps.GetMeasurementSnapshot().Select(jump => (string)jump.Tags["direction"]!));
        Assert.StartsWith("The clock was set back by 10950.00:00:00", Warnings.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void GetUtcNow_AskedOftenByMany_TellsOfAJumpOnce()
    {
        _time.Set(Years);
        Parallel.For(0, 100, _ => Assert.Equal(Start, _clock.GetUtcNow()));
        Assert.Single(Warnings);
        Assert.Single(_jumps.GetMeasurementSnapshot());
    }

    /// <summary>Lets time pass by both clocks, with a look each minute.</summary>
    private void Pass(TimeSpan time)
    {
        for (; time > TimeSpan.Zero; time -= Minute)
        {
            _clock.GetUtcNow();
            _time.Advance(Minute);
        }
    }
}
