using Microsoft.Extensions.Logging;
using Reflex.Retries;
using Reflex.Streams;
using Reflex.Tests.Support;

namespace Reflex.Tests.Consumers;

public sealed class ConsumableRunForeverTests
{
    private static readonly Backoff Exact = new() { Initial = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(4), Jitter = 0 };

    private readonly ConsumableFixture _fixture = new();

    private int Runs => _fixture.Journal.Count(entry => entry == "get");

    [Fact]
    public async Task RunForeverAsync_HeadReached_Ends()
    {
        await _fixture.RunForeverAsync();
        Assert.Equal("3", _fixture.Cursors.Stored);
        Assert.Equal(1, Runs);
    }

    [Fact]
    public async Task RunForeverAsync_FailuresInARow_WaitLongerUpToTheLongest()
    {
        _fixture.Consumer.OnConsume = (_, _) => throw new InvalidOperationException();
        var running = _fixture.RunForeverAsync(Exact);
        foreach (var seconds in new[] { 1, 2, 4, 4, 4 })
        {
            var runs = Runs;
            _fixture.Clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(runs, Runs);
            _fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(runs + 1, Runs);
        }

        await _fixture.Cancelling.CancelAsync();
        await running;
        Assert.Equal([1, 2, 3, 4, 5, 6], _fixture.Logger.Collector.GetSnapshot().Select(Failures));
        Assert.All(_fixture.Logger.Collector.GetSnapshot(), record => Assert.Equal(LogLevel.Error, record.Level));
    }

    [Fact]
    public async Task RunForeverAsync_ProgressBetweenFailures_StartsTheBackOffOver()
    {
        var failing = true;
        _fixture.Consumer.OnConsume = (e, _) => failing || e.Id.Value == 2 ? throw new InvalidOperationException() : Task.CompletedTask;
        var running = _fixture.RunForeverAsync(Exact);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Runs);

        // The third run gets past event 1, so that its failure is the first in a row.
        failing = false;
        _fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(3, Runs);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4, Runs);
        await _fixture.Cancelling.CancelAsync();
        await running;
        Assert.Equal([1, 2, 1, 2], _fixture.Logger.Collector.GetSnapshot().Select(Failures));
    }

    [Fact]
    public async Task RunForeverAsync_StreamStopped_IsNoFailureAndRunsAgain()
    {
        _fixture.StreamEnd = new StreamStoppedException("orders");
        var running = _fixture.RunForeverAsync(Exact);
        for (var i = 2; i < 5; i++)
        {
            _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(i, Runs);
        }

        Assert.Equal(0, _fixture.Logger.Collector.Count);

        // A failure after that is the first.
        _fixture.StreamEnd = new IOException();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1], _fixture.Logger.Collector.GetSnapshot().Select(Failures));
        await _fixture.Cancelling.CancelAsync();
        await running;
    }

    [Fact]
    public async Task RunForeverAsync_LogicThrowsAHeadReachedOfItsOwn_DoesNotEnd()
    {
        _fixture.Consumer.OnConsume = (_, _) => throw new HeadReachedException("another");
        var running = _fixture.RunForeverAsync(Exact);
        Assert.False(running.IsCompleted);
        Assert.Equal([1], _fixture.Logger.Collector.GetSnapshot().Select(Failures));
        await _fixture.Cancelling.CancelAsync();
        await running;
    }

    [Fact]
    public async Task RunForeverAsync_CancelledWhileItRuns_EndsWithoutAnErrorAndLogsNone()
    {
        _fixture.Consumer.OnConsume = async (_, token) =>
        {
            await _fixture.Cancelling.CancelAsync();
            token.ThrowIfCancellationRequested();
        };
        await _fixture.RunForeverAsync(Exact);
        Assert.Equal(0, _fixture.Logger.Collector.Count);
        Assert.Equal(["stop", "flush"], _fixture.Journal[^2..]);
    }

    [Fact]
    public async Task RunForeverAsync_CancelledBefore_DoesNothing()
    {
        await _fixture.Cancelling.CancelAsync();
        await _fixture.RunForeverAsync();
        Assert.Empty(_fixture.Journal);
    }

    private static int Failures(Microsoft.Extensions.Logging.Testing.FakeLogRecord record) =>
        int.Parse(record.GetStructuredStateValue("Failures")!, System.Globalization.CultureInfo.InvariantCulture);
}
