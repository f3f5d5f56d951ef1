using Reflex.Consumers;
using Reflex.Events;
using Reflex.Orleans.Partitions;

namespace Reflex.Orleans.Consumers;

internal sealed partial class ConsumerPump
{
    private EventId? _cursorAtCheck;
    private EventId _headAtCheck;

    public async Task<ConsumerPartitionStatus> GetStatusAsync(IPartitionGrain partition)
    {
        await _cursor.LoadAsync();
        var state = _cursor.IsStopped ? ConsumerState.Stopped : Fault is null ? ConsumerState.Running : ConsumerState.Stuck;
        var cursor = _cursor.Value;
        try
        {
            var position = await partition.GetPositionAsync(cursor?.Value);
            return position.StatusOf(_key.Partition.Index, state, Fault, cursor, TimeProvider.GetUtcNow());
        }
        catch (ReflexException) when (Fault is not null)
        {
            // The partition doesn't answer, and the fault says why; that is worth more than an error.
            return new ConsumerPartitionStatus(_key.Partition.Index, state, Fault, cursor, cursor ?? EventId.None, 0, TimeSpan.Zero);
        }
    }

    public Task StartAsync() => ChangeAsync(() => _cursor.IsStopped ? _cursor.StoreAsync(isStopped: false) : Task.CompletedTask);

    public Task StopAsync() => ChangeAsync(() => _cursor.IsStopped ? Task.CompletedTask : _cursor.StoreAsync(isStopped: true));

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
            var bounds = await partition.GetBoundsAsync();
            bounds.RequireNext(id, _cursor.Value, _key);
            await _cursor.StoreAsync(id);
            _fault = null;
            _instruments.OnSkipped();
            LogSkipped(Logger, _key, id);
        });
    }

    public Task SetCursorAsync(EventId? cursor, IPartitionGrain partition) => ChangeAsync(async () =>
    {
        var bounds = await partition.GetBoundsAsync();
        if (cursor is { } wanted)
        {
            bounds.Require(wanted, _key.Partition);
        }

        var before = _cursor.Value;
        await _cursor.StoreAsync(cursor);
        _fault = null;
        LogCursorSet(Logger, _key, before, cursor);
    });

    /// <summary>Starts a run where none is, and a new one where this one stood still since the last check though there was work.</summary>
    public async Task EnsureRunningAsync(IPartitionGrain partition)
    {
        await _cursor.LoadAsync();
        if (_cursor.IsStopped || _control.CurrentCount == 0)
        {
            return;
        }

        var cursor = _cursor.Value;
        var bounds = await partition.GetBoundsAsync();
        var mayStand = Fault is not null || _logic.IsHandling || _consumerOptions.Streaming.Lag > TimeSpan.Zero;
        var stoodStill = !mayStand && cursor == _cursorAtCheck && _headAtCheck > (cursor ?? EventId.None);
        _cursorAtCheck = cursor;
        _headAtCheck = new EventId(bounds.Head);
        if (stoodStill)
        {
            LogStoodStill(Logger, _key, cursor, _headAtCheck);
        }

        if (stoodStill || _run.IsCompleted)
        {
            await ChangeAsync(() => Task.CompletedTask);
        }
    }

    /// <summary>Ends the run behind the event that is being handled, makes a change, and runs on if it isn't stopped.</summary>
    private async Task ChangeAsync(Func<Task> change)
    {
        await _control.WaitAsync();
        try
        {
            await _stopping.CancelAsync();
            await _run;
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
}
