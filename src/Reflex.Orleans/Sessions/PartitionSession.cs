using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Consumers;
using Reflex.Streams;

namespace Reflex.Orleans.Sessions;

/// <summary>A session on one partition, as its consumer holds it. Thread-safe.</summary>
/// <remarks>
/// One acknowledgement is on its way at a time. Meanwhile the newest of those that come waits, for all of them. A call that dies
/// with its silo is repeated: the grain knows the session by its id, wherever it is activated.
/// </remarks>
internal sealed partial class PartitionSession(ConsumerKey key, ISessionGrain grain, RepeatedCalls calls, ILogger logger)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<ReflexException> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Guid _id;
    private Task _watch = Task.CompletedTask;
    private Task _call = Task.CompletedTask;
    private Task? _next;
    private CursorPlace _newest;
    private long _acknowledged = -1;
    private volatile ReflexException? _end;
    private bool _isOpen;
    private volatile bool _disposed;

    /// <summary>Where the consumer goes on.</summary>
    public CursorPlace? Start { get; private set; }

    /// <summary>Ends with the reason for which this session is of no more use; never, when it is disposed first.</summary>
    public Task<ReflexException> Ended => _ended.Task;

    /// <summary>The highest number that a session has had on the partition; null from a silo that knows no numbers.</summary>
    public async Task<long?> FindNumberAsync(CancellationToken cancellationToken)
    {
        var found = await calls.AnswerAsync(
            () => grain.GetCursorAsync(GetCursorRequest.Instance), key.Partition.Stream, What, cancellationToken).ConfigureAwait(false);
        return found.Sessions;
    }

    /// <summary>Takes the consumer over. Called once.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Gives up; the session may be open all the same.</param>
    /// <exception cref="ConsumerReplacedException">A newer session holds the consumer.</exception>
    public async Task OpenAsync(Guid id, CancellationToken cancellationToken)
    {
        _id = id;
        var request = new OpenRequest(id);
        var opened = await calls.AnswerAsync(() => grain.OpenAsync(request), key.Partition.Stream, What, cancellationToken)
            .ConfigureAwait(false);
        Start = opened.Place;
        _acknowledged = opened.Cursor ?? -1;
        _isOpen = true;
        _watch = WatchAsync();
    }

    /// <summary>Moves the cursor to an event; nothing happens when it was there already.</summary>
    public Task AcknowledgeAsync(CursorPlace handled)
    {
        // Of a cursor with a thousand places an event moves one.
        if (handled.Id.Value <= Volatile.Read(ref _acknowledged) && _end is null && !_disposed)
        {
            return Task.CompletedTask;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(IConsumerSession));
            if (_end is { } end)
            {
                return Task.FromException(end);
            }

            if (_call.IsCompleted && _next is null)
            {
                return _call = SendAsync(handled);
            }

            _newest = handled.Id > _newest.Id ? handled : _newest;
            return _next ??= SendNextAsync(_call);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            last = _next ?? _call;
        }

        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        _closing.Dispose();
        if (!_isOpen || _end is not null)
        {
            return;
        }

        try
        {
            await calls.AnswerAsync(
                () => grain.FlushAsync(FlushRequest.Instance), key.Partition.Stream, What, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // The grain goes on trying, and stores it in any case when it ends.
            LogCloseFailed(logger, key, error);
        }
    }

    private async Task SendNextAsync(Task before)
    {
        // Never at once, which would be before the caller has noted it.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        CursorPlace handled;
        lock (_lock)
        {
            _call = _next!;
            _next = null;
            handled = _newest;
            _newest = default;
        }

        if (handled.Id.Value > Volatile.Read(ref _acknowledged))
        {
            await SendAsync(handled).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(CursorPlace handled)
    {
        try
        {
            var request = new AcknowledgeRequest(_id, handled.Id.Value, handled.Epoch);
            await calls.AnswerAsync(() => grain.AcknowledgeAsync(request), key.Partition.Stream, What, CancellationToken.None)
                .ConfigureAwait(false);
            Volatile.Write(ref _acknowledged, handled.Id.Value);
        }
        catch (ReflexException error) when (error is not (StreamEndException or CursorAheadException) && !ClusterCall.IsTransient(error))
        {
            End(error);
            throw;
        }
    }

    private async Task WatchAsync()
    {
        var token = _closing.Token;
        try
        {
            var request = new WaitUntilEndedRequest(_id, calls.LongestWait);
            await calls.RepeatAsync(
                waiting => grain.WaitUntilEndedAsync(request, waiting), key.Partition.Stream, What, token).ConfigureAwait(false);
        }
        catch (Exception) when (token.IsCancellationRequested)
        {
            // The session is disposed.
        }
        catch (StreamStoppedException error)
        {
            // Of no more use for new events; but what is being handled can be acknowledged until the silo has ended.
            _ended.TrySetResult(error);
        }
        catch (ReflexException error)
        {
            End(error);
        }
        catch (ObjectDisposedException error)
        {
            // This process' own connection to the cluster has ended.
            End(new ClusterUnavailableException(What(), error));
        }
        catch (Exception error)
        {
            LogFailed(logger, key, error);
            End(new SessionFailedException(key.ConsumerId, error));
        }
    }

    private void End(ReflexException reason)
    {
        lock (_lock)
        {
            _end ??= reason;
        }

        if (_ended.TrySetResult(reason))
        {
            LogEnded(logger, key, reason.Message);
        }
    }

    private string What() => $"keep the session of {key}";
}
