using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Streams;
using Reflex.Tests.Support;

namespace Reflex.Tests.Consumers;

public sealed class ConsumableTests
{
    private readonly ConsumableFixture _fixture = new();

    [Fact]
    public async Task ConsumeAsync_AllGoesWell_TakesEveryStepInOrder()
    {
        _fixture.StreamEnd = null;
        await _fixture.RunAsync();
        Assert.Equal(
            ["get", "reset", "stream ", "consume 1", "set 1", "consume 2", "set 2", "consume 3", "set 3", "stop", "flush"],
            _fixture.Journal);
    }

    [Fact]
    public async Task ConsumeAsync_HeadReached_EndsWithItAndCountsNoError()
    {
        using var errors = Collect("reflex.consumer.error.count");
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync());
        Assert.Equal(["set 3", "stop", "flush"], _fixture.Journal[^3..]);
        Assert.Empty(errors.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task ConsumeAsync_LogicFails_LeavesTheCursorAndEndsWithThatError()
    {
        using var errors = Collect("reflex.consumer.error.count");
        var fault = new InvalidOperationException("no");
        _fixture.Consumer.OnConsume = (e, _) => e.Id.Value == 2 ? throw fault : Task.CompletedTask;
        Assert.Same(fault, await Assert.ThrowsAsync<InvalidOperationException>(() => _fixture.RunAsync()));
        Assert.Equal(["consume 1", "set 1", "consume 2", "stop", "flush"], _fixture.Journal[^5..]);
        Assert.Single(errors.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task ConsumeAsync_AgainAfterAnError_ResumesWithThatEvent()
    {
        _fixture.Consumer.OnConsume = (e, _) => e.Id.Value == 2 ? throw new InvalidOperationException() : Task.CompletedTask;
        await Assert.ThrowsAsync<InvalidOperationException>(() => _fixture.RunAsync());
        _fixture.Consumer.OnConsume = null;
        _fixture.Journal.Clear();
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync());
        Assert.Equal(["get", "reset", "stream 1", "consume 2", "set 2", "consume 3", "set 3", "stop", "flush"], _fixture.Journal);
    }

    [Fact]
    public async Task ConsumeAsync_CursorCantBeRead_StreamsNothing()
    {
        _fixture.Cursors.GetFault = new IOException();
        await Assert.ThrowsAsync<IOException>(() => _fixture.RunAsync());
        Assert.Equal(["get", "flush"], _fixture.Journal);
    }

    [Fact]
    public async Task ConsumeAsync_ResetFails_StreamsNothingAndDoesNotStop()
    {
        _fixture.Consumer.OnReset = () => throw new IOException();
        await Assert.ThrowsAsync<IOException>(() => _fixture.RunAsync());
        Assert.Equal(["get", "reset", "flush"], _fixture.Journal);
    }

    [Fact]
    public async Task ConsumeAsync_CursorCantBeSet_EndsWithThatError()
    {
        _fixture.Cursors.SetFault = new IOException();
        await Assert.ThrowsAsync<IOException>(() => _fixture.RunAsync());
        Assert.Equal(["consume 1", "set 1", "stop", "flush"], _fixture.Journal[^4..]);
    }

    [Fact]
    public async Task ConsumeAsync_StreamFails_EndsWithThatError()
    {
        using var errors = Collect("reflex.consumer.error.count");
        _fixture.StreamEnd = new IOException();
        await Assert.ThrowsAsync<IOException>(() => _fixture.RunAsync());
        Assert.Equal(["stop", "flush"], _fixture.Journal[^2..]);
        Assert.Single(errors.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task ConsumeAsync_StopFails_EndsWithThatErrorUnlessTheRunFailed()
    {
        _fixture.Consumer.OnStop = () => throw new TimeoutException();
        _fixture.StreamEnd = null;
        await Assert.ThrowsAsync<TimeoutException>(() => _fixture.RunAsync());
        _fixture.StreamEnd = new IOException();
        await Assert.ThrowsAsync<IOException>(() => _fixture.RunAsync());
        Assert.Contains("could not be stopped", _fixture.Logger.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Equal("flush", _fixture.Journal[^1]);
    }

    [Fact]
    public async Task ConsumeAsync_FlushFails_EndsWithThatErrorUnlessTheRunFailed()
    {
        _fixture.Cursors.FlushFault = new TimeoutException();
        _fixture.StreamEnd = null;
        await Assert.ThrowsAsync<TimeoutException>(() => _fixture.RunAsync());
        _fixture.StreamEnd = new IOException();
        await Assert.ThrowsAsync<IOException>(() => _fixture.RunAsync());
        Assert.Contains("could not be flushed", _fixture.Logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsumeAsync_CancelledInTheLogic_EndsAsCancelledWithTheCursorUnmoved()
    {
        using var errors = Collect("reflex.consumer.error.count");
        _fixture.Consumer.OnConsume = async (_, token) =>
        {
            await _fixture.Cancelling.CancelAsync();
            token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fixture.RunAsync());
        Assert.Equal(["consume 1", "stop", "flush"], _fixture.Journal[^3..]);
        Assert.Empty(errors.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task ConsumeAsync_CancelledWhileTheLogicSucceeds_MovesTheCursor()
    {
        _fixture.Consumer.OnConsume = (_, _) => _fixture.Cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fixture.RunAsync());
        Assert.Equal(["consume 1", "set 1", "stop", "flush"], _fixture.Journal[^4..]);
    }

    // The Go library's dead-letter pattern takes a cancellation or a deadline of the logic for success.
    [Fact]
    public async Task ConsumeAsync_LogicThrowsACancellationOfItsOwn_IsAFailureAndTheCursorStays()
    {
        using var errors = Collect("reflex.consumer.error.count");
        _fixture.Consumer.OnConsume = (_, _) => throw new TaskCanceledException("the logic's own deadline");
        await Assert.ThrowsAsync<TaskCanceledException>(() => _fixture.RunAsync());
        Assert.True(_fixture.Cursors.Stored.IsEmpty);
        Assert.Single(errors.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task ConsumeAsync_LogicThrowsAStreamsEndOfItsOwn_IsAFailureAndNotThisStreamsEnd()
    {
        using var errors = Collect("reflex.consumer.error.count");
        var own = new HeadReachedException("another");
        _fixture.Consumer.OnConsume = (_, _) => throw own;
        var error = await Assert.ThrowsAsync<ConsumerLogicException>(() => _fixture.RunAsync());
        Assert.Same(own, error.InnerException);
        Assert.Equal(ConsumableFixture.Name, error.Consumer);
        Assert.False(Consumable.IsExpectedEnd(error, CancellationToken.None));
        Assert.True(_fixture.Cursors.Stored.IsEmpty);
        Assert.Single(errors.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task ConsumeAsync_Types_HandsOverOnlyThoseAndMovesPastTheOthers()
    {
        using var skipped = Collect("reflex.consumer.skipped.events.count");
        var options = new ConsumerOptions(ConsumableFixture.Name) { Types = new HashSet<EventType> { 2 } };
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync(options));
        Assert.Equal(["set 1", "consume 2", "set 2", "set 3"], _fixture.Journal[3..7]);
        Assert.Equal(2, skipped.GetMeasurementSnapshot().EvaluateAsCounter());
    }

    [Fact]
    public async Task ConsumeAsync_StreamingOfSomeEvents_HandsOverOnlyThoseAndMovesPastTheOthers()
    {
        var options = new ConsumerOptions(ConsumableFixture.Name) { Streaming = new StreamOptions { ToHead = true, ForeignIds = ["2"] } };
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync(options));
        Assert.Equal(["set 1", "consume 2", "set 2", "set 3"], _fixture.Journal[3..7]);
    }

    [Fact]
    public async Task ConsumeAsync_Filter_HandsOverOnlyWhatItAnswersTrueFor()
    {
        var options = new ConsumerOptions(ConsumableFixture.Name) { Filter = e => e.ForeignId != "2" };
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync(options));
        Assert.Equal(["consume 1", "set 1", "set 2", "consume 3", "set 3"], _fixture.Journal[3..8]);
    }

    [Fact]
    public async Task ConsumeAsync_FilterFails_IsAnErrorOfItsOwnKindThatNoRecoverySwallows()
    {
        var fault = new FormatException("bad metadata");
        var options = new ConsumerOptions(ConsumableFixture.Name)
        {
            Filter = e => e.Id.Value == 2 ? throw fault : true,
            Recovery = (_, _, _) => ValueTask.FromResult<Exception?>(null),
        };
        var error = await Assert.ThrowsAsync<EventFilterException>(() => _fixture.RunAsync(options));
        Assert.Same(fault, error.InnerException);
        Assert.Equal((ConsumableFixture.Name, 2), (error.Consumer, error.Event.Value));
        Assert.Equal("1", _fixture.Cursors.Stored);
    }

    [Fact]
    public async Task ConsumeAsync_RecoverySwallows_MovesOnAndCountsAndLogsIt()
    {
        using var recovered = Collect("reflex.consumer.recovered.errors.count");
        using var errors = Collect("reflex.consumer.error.count");
        var fault = new InvalidOperationException();
        _fixture.Consumer.OnConsume = (e, _) => e.Id.Value == 2 ? throw fault : Task.CompletedTask;
        (Event, Exception)? seen = null;
        var options = new ConsumerOptions(ConsumableFixture.Name)
        {
            Recovery = (e, error, _) =>
            {
                seen = (e, error);
                return ValueTask.FromResult<Exception?>(null);
            },
        };
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync(options));
        Assert.Equal((_fixture.Events[1], fault), seen);
        Assert.Equal("3", _fixture.Cursors.Stored);
        Assert.Equal(1, recovered.GetMeasurementSnapshot().EvaluateAsCounter());
        Assert.Empty(errors.GetMeasurementSnapshot());
        Assert.Equal((LogLevel.Warning, fault), (_fixture.Logger.LatestRecord.Level, _fixture.Logger.LatestRecord.Exception));
        Assert.Contains("mailer failed on event 2 of partition 0", _fixture.Logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsumeAsync_RecoveryReplacesPassesOrFails_EndsWithWhatItGave()
    {
        var fault = new InvalidOperationException();
        var other = new IOException();
        _fixture.Consumer.OnConsume = (_, _) => throw fault;
        Assert.Same(other, await Record.ExceptionAsync(() => _fixture.RunAsync(Recovering(_ => other))));
        Assert.Same(fault, await Record.ExceptionAsync(() => _fixture.RunAsync(Recovering(error => error))));
        Assert.Same(other, await Record.ExceptionAsync(() => _fixture.RunAsync(Recovering(_ => throw other))));
        Assert.True(_fixture.Cursors.Stored.IsEmpty);

        static ConsumerOptions Recovering(Func<Exception, Exception?> recover) =>
            new(ConsumableFixture.Name) { Recovery = (_, error, _) => ValueTask.FromResult(recover(error)) };
    }

    [Fact]
    public async Task ConsumeAsync_FromHead_OnlyWithoutACursor()
    {
        var options = new ConsumerOptions(ConsumableFixture.Name) { Streaming = new StreamOptions { FromHead = true } };
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync(options));
        Assert.True(_fixture.Asked!.FromHead);
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync(options));
        Assert.False(_fixture.Asked!.FromHead);
    }

    [Fact]
    public async Task ConsumeAsync_FromHeadAndTheFirstEventFails_GetsItAgain()
    {
        var options = new ConsumerOptions(ConsumableFixture.Name) { Streaming = new StreamOptions { FromHead = true } };
        _fixture.Events.RemoveAt(0);
        _fixture.Consumer.OnConsume = (_, _) => throw new IOException();
        await Assert.ThrowsAsync<IOException>(() => _fixture.RunAsync(options));
        Assert.Equal("1", _fixture.Cursors.Stored);

        _fixture.Consumer.OnConsume = null;
        _fixture.Journal.Clear();
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync(options));
        Assert.False(_fixture.Asked!.FromHead);
        Assert.Contains("consume 2", _fixture.Journal);
    }

    [Fact]
    public async Task ConsumeAsync_FromHead_StoresItsPlaceBeforeTheFirstEvent()
    {
        var options = new ConsumerOptions(ConsumableFixture.Name) { Streaming = new StreamOptions { FromHead = true } };
        await Assert.ThrowsAsync<HeadReachedException>(() => _fixture.RunAsync(options));
        Assert.Equal(["set 0", "flush", "consume 1", "set 1"], _fixture.Journal.SkipWhile(step => step != "set 0").Take(4));
    }

    [Fact]
    public async Task ConsumeAsync_Lag_IsWaitedOutBeforeTheHandOver()
    {
        var options = new ConsumerOptions(ConsumableFixture.Name) { Streaming = new StreamOptions { Lag = TimeSpan.FromSeconds(5) } };
        var running = _fixture.RunAsync(options);
        Assert.Equal(TimeSpan.Zero, _fixture.Asked!.Lag);
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.Equal(["get", "reset", "stream "], _fixture.Journal);
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<HeadReachedException>(() => running);
        Assert.Equal("3", _fixture.Cursors.Stored);
    }

    // The Go library's flush of several consumers' cursors drops the pending ones after the first failing write.
    [Fact]
    public async Task ConsumeAsync_FlushFailedOnce_NextRunFlushesAgain()
    {
        _fixture.Cursors.FlushFault = new IOException();
        _fixture.StreamEnd = null;
        await Assert.ThrowsAsync<IOException>(() => _fixture.RunAsync());
        _fixture.Cursors.FlushFault = null;
        _fixture.Journal.Clear();
        await _fixture.RunAsync();
        Assert.Equal(["get", "reset", "stream 3", "stop", "flush"], _fixture.Journal);
    }

    private MetricCollector<long> Collect(string name) => new(_fixture.Meters, ReflexDiagnostics.MeterName, name);
}
