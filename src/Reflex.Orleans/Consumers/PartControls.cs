using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Partitions;

namespace Reflex.Orleans.Consumers;

/// <summary>The controls of a consumer on one partition. Used in its grain's context only.</summary>
/// <remarks>Those that change the cursor end the run first and start the next one after the change, one after the other.</remarks>
internal sealed partial class PartControls(ConsumerKey key, ConsumerCursor cursor, ConsumerRun run, ConsumerContext context)
{
    // Together below the time-out of a call, so that its caller hears why nothing happens, also when another control goes first.
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(2);

    // Whoever moves it waits for no event that takes longer; another one goes instead, or this one later.
    private static readonly TimeSpan MovePatience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private bool _removed;

    /// <summary>Whether a change is under way.</summary>
    public bool IsChanging => _turn.CurrentCount == 0;

    private TimeSpan Patience => context.Options.DrainTimeout < LongestPatience ? context.Options.DrainTimeout : LongestPatience;

    /// <remarks>Where it is started already, as far as is known here, a change that failed may have been stored all the same.</remarks>
    public Task StartAsync() => ChangeAsync(() => cursor.IsStopped ? StoreAsync(cursor.Value, isStopped: false) : FlushAsync());

    /// <inheritdoc cref="StartAsync"/>
    public Task StopAsync() => ChangeAsync(() => cursor.IsStopped ? FlushAsync() : StoreAsync(cursor.Value, isStopped: true));

    /// <summary>Ends the run that is there, and begins another.</summary>
    public Task RestartAsync() => ChangeAsync(() => Task.CompletedTask);

    public void Retry() => run.Retry();

    public async Task SkipAsync(EventId id, IPartitionGrain partition)
    {
        if (run.IsHandling)
        {
            throw new InvalidOperationException(
                $"The consumer {key} is handling event {run.Last}: stop it, or wait until it is stuck, and skip then.");
        }

        await ChangeAsync(async () =>
        {
            var position = await partition.LookAfterAsync(cursor.Value);
            position.RequireNext(id, cursor.Value, key);
            await StoreAsync(new CursorPlace(id, position.NextEpoch ?? 0), cursor.IsStopped);
            run.OnSkipped();
            LogSkipped(context.Logger, key, id);
        });
    }

    public Task SetCursorAsync(CursorPlace? place, IPartitionGrain partition) => ChangeAsync(async () =>
    {
        if (place is { } wanted)
        {
            (await partition.LookAsync(wanted)).Require(wanted, key.Partition);
        }

        var before = cursor.Value;
        await StoreAsync(place, cursor.IsStopped);
        run.OnCursorSet();
        LogCursorSet(context.Logger, key, before, place);
    });

    /// <summary>Ends for good, and clears what is stored, if that is to go still; else it goes on. Answers which.</summary>
    public async Task<bool> RemoveAsync(Func<Task<bool>> mayGo)
    {
        await ChangeAsync(async () =>
        {
            await StoringAsync(async () => _removed = await cursor.ClearAsync(mayGo));
            if (_removed)
            {
                run.Finish();
            }
        });
        return _removed;
    }

    /// <summary>
    /// Ends the run after the event that is being handled, stores its cursor and begins no more, so that another silo can go on; where the
    /// event takes too long, the cursor can't be stored, or something else is being changed, it goes on here. Answers which.
    /// </summary>
    public async Task<bool> TryFinishAsync()
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero))
        {
            return false;
        }

        try
        {
            await run.StopAsync();
            if (await run.HasEndedAsync(MovePatience) && await run.TryFlushAsync(MovePatience))
            {
                run.Finish();
                return true;
            }

            ResumeAsync(run.EndAsync()).Ignore();
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <remarks>No session holds a consumer that the cluster runs; one may have, before the cluster did.</remarks>
    private Task StoreAsync(CursorPlace? place, bool isStopped) =>
        StoringAsync(() => cursor.StoreAsync(place, isStopped, session: null));

    private Task FlushAsync() => StoringAsync(() => cursor.FlushAsync(CancellationToken.None).AsTask());

    /// <summary>Whatever a storage throws, the caller hears that it was the storage, and that it may pass.</summary>
    private async Task StoringAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (error is not ReflexException)
        {
            throw new CursorStoreException(key.ConsumerId, error);
        }
    }

    /// <summary>Ends the run after the event that is being handled, makes a change, and runs on if it isn't stopped.</summary>
    /// <exception cref="ConsumerBusyException">The logic doesn't end; the change isn't made.</exception>
    private async Task ChangeAsync(Func<Task> change)
    {
        var began = context.TimeProvider.GetTimestamp();
        await WaitForTurnAsync();
        try
        {
            if (_removed)
            {
                throw new ConsumerNotFoundException(key.ConsumerId, known: [], others: null);
            }

            await EndRunAsync(Patience + KillGrace - context.TimeProvider.GetElapsedTime(began));
            try
            {
                await StoringAsync(cursor.LoadAsync);
                await change();
            }
            finally
            {
                run.Begin();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task WaitForTurnAsync()
    {
        using var patience = new CancellationTokenSource(Patience + KillGrace, context.TimeProvider);
        try
        {
            await _turn.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw Busy();
        }
    }

    /// <summary>Waits for the logic as a stopping silo does, then cancels it; what ignores that too is waited for no longer.</summary>
    /// <param name="left">How long the control may take still.</param>
    private async Task EndRunAsync(TimeSpan left)
    {
        await run.StopAsync();
        var patience = left < Patience ? left : Patience;
        if (await run.HasEndedAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero))
        {
            return;
        }

        // Logic that may take longer than a call is left to end, and so is what another control has just begun to wait for.
        if (context.Options.DrainTimeout <= patience)
        {
            run.Kill(Patience);
            if (await run.HasEndedAsync(KillGrace))
            {
                return;
            }
        }

        ResumeAsync(run.EndAsync()).Ignore();
        throw Busy();
    }

    /// <summary>A control that wasn't carried out leaves the consumer running: it goes on as soon as its logic has ended.</summary>
    private async Task ResumeAsync(Task end)
    {
        await end;
        await RestartAsync();
    }

    private ConsumerBusyException Busy() => new(key.ConsumerId, key.Partition.Index, run.Last, Patience);
}
