using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Pages;

namespace Reflex.Orleans.Consumers;

/// <summary>Runs one consumer on one partition: page, hand over, move the cursor. Used in its grain's context only.</summary>
/// <remarks>
/// A run ends with an error, or because it was asked to stop, which it does after the event that it is handling. After an
/// error the consumer is stuck: the cursor stays, and it goes on after a pause.
/// </remarks>
internal sealed partial class ConsumerRun : IAsyncDisposable
{
    private readonly ConsumerKey _key;
    private readonly ConsumerOptions _options;
    private readonly ConsumerCursor _cursor;
    private readonly TrackedConsumer _logic;
    private readonly IPageSource _source;
    private readonly ConsumerContext _context;
    private readonly Consumable _consumable;
    private readonly ConsumerInstruments _instruments;
    private readonly ConsumerFaults _faults;
    private CancellationTokenSource _stopping = new();
    private Task _run = Task.CompletedTask;
    private CursorPlace? _firstHead;

    public ConsumerRun(
        ConsumerKey key,
        ConsumerOptions options,
        IEventConsumer logic,
        IPageSource source,
        ConsumerCursor cursor,
        ConsumerContext context)
    {
        _key = key;
        _options = options;
        _cursor = cursor;
        _logic = new TrackedConsumer(logic);
        _source = source;
        _context = context;
        _consumable = new Consumable(new PartitionStream(source, context.TimeProvider).StreamAsync, cursor)
        {
            TimeProvider = context.TimeProvider,
            Logger = context.Logger,
        };
        _instruments = context.Instruments.ForConsumer(key.Partition.Stream.Value, key.Partition.Index, options);
        _faults = new ConsumerFaults(key, cursor, context);
    }

    /// <summary>Why it is stuck; null as soon as it has moved on.</summary>
    public ConsumerFault? Fault => _faults.Current;

    /// <summary>Whether an event is being handled.</summary>
    public bool IsHandling => _logic.IsHandling;

    /// <summary>The event that was handed over last in this run; null when none was.</summary>
    public EventId? Last => _logic.Last;

    public bool HasEnded => _run.IsCompleted;

    /// <summary>Whether no run begins any more.</summary>
    public bool IsOver { get; private set; }

    private TimeProvider TimeProvider => _context.TimeProvider;

    /// <summary>Starts a run; the one before has ended.</summary>
    public void Begin()
    {
        if (IsOver)
        {
            return;
        }

        _stopping.Dispose();
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(_context.Drain.Stopping);
        _instruments.IsStuck = false;
        _run = RunAsync(_stopping.Token);
    }

    /// <summary>Asks the run to end, which it does after the event that it is handling.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    /// <summary>Cancels the logic, when it can't be waited for any longer.</summary>
    /// <param name="waited">For how long it was waited for.</param>
    public void Kill(TimeSpan waited)
    {
        LogKilled(_context.Logger, _key, Last, waited);
        _logic.Kill();
    }

    /// <summary>Ends when the run that is there now has ended, however it did.</summary>
    public async Task EndAsync() =>
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Waits for the end of the run, and answers whether it has come.</summary>
    public async Task<bool> HasEndedAsync(TimeSpan wait)
    {
        await _run.WaitAsync(wait, TimeProvider)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return HasEnded;
    }

    /// <summary>Stores the cursor, if that takes no longer, and answers whether it did.</summary>
    public async Task<bool> TryFlushAsync(TimeSpan wait)
    {
        var flushing = _cursor.TryFlushAsync(TimeSpan.Zero);
        await ((Task)flushing).WaitAsync(wait, TimeProvider)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return flushing.IsCompletedSuccessfully && await flushing;
    }

    /// <summary>Ends the pause after a failure.</summary>
    public void Retry() => _faults.Retry();

    /// <summary>The cursor was set: what it was stuck on isn't next any more.</summary>
    public void OnCursorSet()
    {
        _firstHead = null;
        _faults.Forget();
    }

    /// <summary>The cursor was set to an event that was not handled.</summary>
    public void OnSkipped()
    {
        _faults.Forget();
        _instruments.OnSkipped();
    }

    /// <summary>No run begins any more.</summary>
    public void Finish() => IsOver = true;

    /// <summary>Stops after the event that is being handled, which is cancelled after a while, and stores the cursor.</summary>
    public async ValueTask DisposeAsync()
    {
        Finish();
        var began = TimeProvider.GetTimestamp();
        await StopAsync();
        try
        {
            await _run.WaitAsync(_context.Options.DrainTimeout, TimeProvider);
        }
        catch (TimeoutException)
        {
            Kill(_context.Options.DrainTimeout);
        }

        if (!await _cursor.TryFlushAsync(_context.Options.DrainTimeout - TimeProvider.GetElapsedTime(began)))
        {
            LogFlushFailed(_context.Logger, _key);
        }

        _cursor.Dispose();
        _instruments.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        // The caller needn't wait for what the first run does before its first wait.
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            var started = TimeProvider.GetTimestamp();
            try
            {
                await _cursor.LoadAsync();
                if (_cursor.IsStopped)
                {
                    return;
                }

                await _cursor.ClaimAsync();
                if (_cursor.Value is null)
                {
                    // What this process remembers may be a stream that is being deleted: nothing of it is to be consumed anew.
                    await _context.Streams.AskAsync(_key.Partition.Stream, stopping);
                }

                await PrepareAsync(stopping);
                await _consumable.ConsumeAsync(_logic, _options, _instruments, stopping);
            }
            catch (Exception error) when (Consumable.IsExpectedEnd(error, stopping))
            {
                // The loop's condition says whether it goes on.
            }
            catch (InconsistentStateException) when (_cursor.IsReplaced)
            {
                // Another activation goes on. One of the logic's own state is an error of the logic as any other.
                return;
            }
            catch (Exception error)
            {
                _instruments.IsStuck = true;
                await _faults.PauseAsync(error, FailedEvent(error), TimeProvider.GetElapsedTime(started), stopping);
            }
        }
    }

    /// <summary>
    /// Clears a fault that wasn't an event's once reading works, and holds the place of a consumer that begins at the head.
    /// </summary>
    private async Task PrepareAsync(CancellationToken stopping)
    {
        if (_cursor.Value is null && _options.Streaming.FromHead)
        {
            // Stored before it is used: a restart must not find a later head. Nor must this, after the store has failed.
            _firstHead ??= await _source.GetHeadAsync(stopping);
            await _cursor.StoreAsync(_firstHead, isStopped: false, session: null);

            // Whoever clears the cursor later has it begin at the head of that time.
            _firstHead = null;
        }

        if (Fault is { Event: null })
        {
            await _source.ReadAsync(_cursor.Value, TimeSpan.Zero, stopping);
            _faults.Forget();
            _instruments.IsStuck = false;
        }
    }

    /// <summary>The event that was handed over last, unless the cursor says that it was handled.</summary>
    private EventId? FailedEvent(Exception error) => error is EventFilterException filter ? filter.Event
        : _logic.Last is { } last && (_cursor.Value is not { } cursor || last > cursor.Id) ? last
        : null;
}
