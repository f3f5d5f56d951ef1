using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Partitions;

namespace Reflex.Orleans.Consumers;

internal sealed partial class ConsumerPump
{
    // Together below the time-out of a call, so that its caller hears why nothing happens.
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(2);

    private CursorPlace? _cursorAtCheck;
    private EventId _headAtCheck;
    private long? _checkedAt;

    // The looks at an interval come a little early or late; others, as after a change of the ring, come at any time between them.
    private TimeSpan LeastStand => _services.Options.ConsumerCheckInterval * 0.75;

    private TimeSpan Patience => _services.Options.DrainTimeout < LongestPatience ? _services.Options.DrainTimeout : LongestPatience;

    public async Task<ConsumerPartitionStatus> GetStatusAsync(IPartitionGrain partition)
    {
        await _cursor.LoadAsync();
        var cursor = _cursor.Value;
        try
        {
            var position = await partition.GetPositionAsync(new GetPositionRequest(cursor?.Id.Value));
            var fault = Fault;
            return position.StatusOf(_key.Partition.Index, StateWith(fault), fault, cursor, TimeProvider.GetUtcNow());
        }
        catch (ReflexException) when (Fault is { } fault)
        {
            // The partition doesn't answer, and the fault says why; that is worth more than an error.
            var head = cursor?.Id ?? EventId.None;
            return new ConsumerPartitionStatus(_key.Partition.Index, StateWith(fault), fault, cursor, head, 0, TimeSpan.Zero);
        }
    }

    public Task StartAsync() => ChangeAsync(() => _cursor.IsStopped ? StoreAsync(_cursor.Value, isStopped: false) : Task.CompletedTask);

    public Task StopAsync() => ChangeAsync(() => _cursor.IsStopped ? Task.CompletedTask : StoreAsync(_cursor.Value, isStopped: true));

    public void Retry()
    {
        if (Fault is not null)
        {
            _retry.TrySetResult();
        }
    }

    public async Task SkipAsync(EventId id, IPartitionGrain partition)
    {
        if (_logic.IsHandling)
        {
            throw new InvalidOperationException(
                $"The consumer {_key} is handling event {_logic.Last}: stop it, or wait until it is stuck, and skip then.");
        }

        await ChangeAsync(async () =>
        {
            var position = await partition.LookAfterAsync(_cursor.Value);
            position.RequireNext(id, _cursor.Value, _key);
            await StoreAsync(new CursorPlace(id, position.NextEpoch ?? 0), _cursor.IsStopped);
            _fault = null;
            _instruments.OnSkipped();
            LogSkipped(Logger, _key, id);
        });
    }

    public Task SetCursorAsync(CursorPlace? cursor, IPartitionGrain partition) => ChangeAsync(async () =>
    {
        if (cursor is { } wanted)
        {
            (await partition.LookAsync(wanted)).Require(wanted, _key.Partition);
        }

        var before = _cursor.Value;
        await StoreAsync(cursor, _cursor.IsStopped);
        _fault = null;
        LogCursorSet(Logger, _key, before, cursor);
    });

    /// <summary>Ends for good, and clears what is stored, if that is to go still; else it goes on.</summary>
    public Task RemoveAsync(Func<Task<bool>> mayGo) => ChangeAsync(async () => _removed = await _cursor.ClearAsync(mayGo));

    /// <summary>Starts a run where none is, and a new one where this one stood still since the last check though there was work.</summary>
    public async Task EnsureRunningAsync(IPartitionGrain partition)
    {
        await _cursor.LoadAsync();
        if (_removed || _cursor.IsStopped || _control.CurrentCount == 0)
        {
            return;
        }

        var cursor = _cursor.Value;
        var bounds = await partition.GetBoundsAsync(GetBoundsRequest.Instance);
        var stoodStill = StoodStill(cursor, new EventId(bounds.Head));
        if (stoodStill)
        {
            LogStoodStill(Logger, _key, cursor, _headAtCheck);
        }

        if (stoodStill || _run.IsCompleted)
        {
            await ChangeAsync(() => Task.CompletedTask);
        }
    }

    /// <summary>What goes with a fault, both of the same moment: it may get stuck while its partition is asked.</summary>
    private ConsumerState StateWith(ConsumerFault? fault) =>
        _cursor.IsStopped ? ConsumerState.Stopped : fault is null ? ConsumerState.Running : ConsumerState.Stuck;

    /// <summary>Whether it has not moved since a check that is long enough ago, though there was work.</summary>
    private bool StoodStill(CursorPlace? cursor, EventId head)
    {
        if (_checkedAt is { } before && TimeProvider.GetElapsedTime(before) < LeastStand)
        {
            return false;
        }

        var mayStand = Fault is not null || _logic.IsHandling || _consumerOptions.Streaming.Lag > TimeSpan.Zero;
        var hadWork = _checkedAt is not null && _headAtCheck > (cursor?.Id ?? EventId.None);
        var stoodStill = !mayStand && hadWork && cursor == _cursorAtCheck;
        _cursorAtCheck = cursor;
        _headAtCheck = head;
        _checkedAt = TimeProvider.GetTimestamp();
        return stoodStill;
    }

    /// <remarks>No session holds a consumer that the cluster runs; one may have, before the cluster did.</remarks>
    private Task StoreAsync(CursorPlace? cursor, bool isStopped) => _cursor.StoreAsync(cursor, isStopped, session: null);

    /// <summary>Ends the run after the event that is being handled, makes a change, and runs on if it isn't stopped.</summary>
    /// <exception cref="ConsumerBusyException">The logic doesn't end; the change isn't made.</exception>
    private async Task ChangeAsync(Func<Task> change)
    {
        if (!await _control.WaitAsync(Patience + KillGrace))
        {
            throw Busy();
        }

        try
        {
            if (_removed)
            {
                throw new ConsumerNotFoundException(_key.ConsumerId, known: [], others: null);
            }

            await EndRunAsync();
            try
            {
                await _cursor.LoadAsync();
                await change();
            }
            finally
            {
                Begin();
            }
        }
        finally
        {
            _control.Release();
        }
    }

    /// <summary>Waits for the logic as a stopping silo does, then cancels it; what ignores that too is waited for no longer.</summary>
    private async Task EndRunAsync()
    {
        await _stopping.CancelAsync();
        if (await HasEndedAsync(Patience))
        {
            return;
        }

        // Logic that may take longer than a call is left to end.
        if (_services.Options.DrainTimeout <= Patience)
        {
            LogKilled(Logger, _key, _logic.Last, Patience);
            _logic.Kill();
            if (await HasEndedAsync(KillGrace))
            {
                return;
            }
        }

        ResumeAsync(_run).Ignore();
        throw Busy();
    }

    /// <summary>A control that wasn't carried out leaves the consumer running: it goes on as soon as its logic has ended.</summary>
    private async Task ResumeAsync(Task run)
    {
        await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await ChangeAsync(() => Task.CompletedTask);
    }

    private async Task<bool> HasEndedAsync(TimeSpan wait)
    {
        await _run.WaitAsync(wait, TimeProvider)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return _run.IsCompleted;
    }

    private ConsumerBusyException Busy() => new(_key.ConsumerId, _key.Partition.Index, _logic.Last, Patience);
}
