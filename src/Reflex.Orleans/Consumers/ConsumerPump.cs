using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Pages;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Consumers;

/// <summary>Runs one consumer on one partition: page, hand over, move the cursor. Used in its grain's context only.</summary>
/// <remarks>
/// A run ends with an error, or because it was asked to stop, which it does after the event that it is handling. After an
/// error the consumer is stuck: the cursor stays, and the next run begins after a pause. The controls that change the cursor
/// end the run first and start the next one after the change, one after the other.
/// </remarks>
internal sealed partial class ConsumerPump : IAsyncDisposable
{
    private readonly ConsumerKey _key;
    private readonly ConsumerOptions _consumerOptions;
    private readonly ConsumerCursor _cursor;
    private readonly TrackedConsumer _logic;
    private readonly IPageSource _source;
    private readonly ConsumerServices _services;
    private readonly Consumable _consumable;
    private readonly ConsumerInstruments _instruments;
    private readonly SemaphoreSlim _control = new(1);
    private CancellationTokenSource _stopping = new();
    private TaskCompletionSource _retry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _run = Task.CompletedTask;
    private ConsumerFault? _fault;
    private CursorPlace? _firstHead;
    private CursorPlace? _cursorAtFailure;
    private int _failures;
    private bool _disposed;
    private bool _removed;

    public ConsumerPump(
        ConsumerKey key, ConsumerOptions options, IEventConsumer logic, IPageSource source, ConsumerServices services, Action onReplaced)
    {
        _key = key;
        _consumerOptions = options;
        _logic = new TrackedConsumer(logic);
        _source = source;
        _services = services;
        _cursor = new ConsumerCursor(services.Storage, key, services.Options, services.TimeProvider, services.Logger)
        {
            OnReplaced = error =>
            {
                LogReplaced(Logger, _key, error);
                onReplaced();
            },
        };
        _consumable = new Consumable(new PartitionStream(source, services.TimeProvider).StreamAsync, _cursor)
        {
            TimeProvider = services.TimeProvider,
            Logger = services.Logger,
        };
        _instruments = services.Instruments.ForConsumer(key.Partition.Stream.Value, key.Partition.Index, options);
    }

    /// <summary>Why it is stuck; null as soon as it has moved on.</summary>
    private ConsumerFault? Fault => _cursor.Value == _cursorAtFailure ? _fault : null;

    private TimeProvider TimeProvider => _services.TimeProvider;

    private ILogger Logger => _services.Logger;

    /// <summary>Starts a run; the one before has ended.</summary>
    public void Begin()
    {
        if (_disposed || _removed)
        {
            return;
        }

        _stopping.Dispose();
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(_services.Drain.Stopping);
        _run = RunAsync(_stopping.Token);
    }

    /// <summary>Stops after the event that is being handled, which is cancelled after a while, and stores the cursor.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _stopping.CancelAsync();
        try
        {
            await _run.WaitAsync(_services.Options.DrainTimeout, TimeProvider);
        }
        catch (TimeoutException)
        {
            LogKilled(Logger, _key, _logic.Last, _services.Options.DrainTimeout);
            _logic.Kill();
        }

        try
        {
            await _cursor.FlushAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            LogFlushFailed(Logger, _key, error);
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

                if (_cursor.Value is null)
                {
                    // What this process remembers may be a stream that is being deleted: nothing of it is to be consumed anew.
                    await _services.Streams.AskAsync(_key.Partition.Stream, stopping);
                }

                await PrepareAsync(stopping);
                await _consumable.ConsumeAsync(_logic, _consumerOptions, _instruments, stopping);
            }
            catch (Exception error) when (Consumable.IsExpectedEnd(error, stopping))
            {
                // The loop's condition says whether it goes on.
            }
            catch (InconsistentStateException)
            {
                // Another activation goes on.
                return;
            }
            catch (Exception error)
            {
                await PauseAfterAsync(error, TimeProvider.GetElapsedTime(started), stopping);
            }
        }
    }

    /// <summary>
    /// Clears a fault that wasn't an event's once reading works, and holds the place of a consumer that begins at the head.
    /// </summary>
    private async Task PrepareAsync(CancellationToken stopping)
    {
        if (_cursor.Value is null && _consumerOptions.Streaming.FromHead)
        {
            // Stored before it is used: a restart must not find a later head. Nor must this, after the store has failed.
            _firstHead ??= await _source.GetHeadAsync(stopping);
            await StoreAsync(_firstHead, isStopped: false);
        }

        if (Fault is { Event: null })
        {
            await _source.ReadAsync(_cursor.Value, TimeSpan.Zero, stopping);
            _fault = null;
        }
    }

    private async Task PauseAfterAsync(Exception error, TimeSpan ran, CancellationToken stopping)
    {
        var options = _services.Options.RetryBackoff;
        var hasMoved = _failures > 0 && _cursor.Value != _cursorAtFailure;
        _failures = hasMoved || ran > options.Longest ? 1 : _failures + 1;
        _cursorAtFailure = _cursor.Value;
        var now = TimeProvider.GetUtcNow();
        var pause = options.After(_failures, Random.Shared);
        var failedEvent = error is EventFilterException filter ? filter.Event : FailedEvent();
        _fault = new ConsumerFault(
            $"{error.GetType().FullName}: {(error as ReflexException)?.ClientMessage ?? error.Message}",
            failedEvent,
            _failures,
            _failures > 1 && _fault is { } earlier ? earlier.Since : now,
            now + pause);
        LogStuck(Logger, _key, failedEvent, _failures, pause, error);
        var retry = _retry;
        try
        {
            await retry.Task.WaitAsync(pause, TimeProvider, stopping);
        }
        catch (TimeoutException)
        {
            // The pause is over.
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The run's loop ends.
        }

        _retry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The event that was handed over last, unless the cursor says that it was handled.</summary>
    private EventId? FailedEvent() => _logic.Last is { } last && (_cursor.Value is not { } cursor || last > cursor.Id) ? last : null;
}
