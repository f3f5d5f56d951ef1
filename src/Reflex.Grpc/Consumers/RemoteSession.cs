using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.Grpc.Consumers;

/// <summary>
/// A session held by a Consume call that brings no events. The server answers no single acknowledgement: one that it refuses ends
/// the session.
/// </summary>
internal sealed class RemoteSession : IConsumerSession
{
    // Longer than any event is old, so that the call, which is there for its acknowledgements, waits for the first one.
    private static readonly StreamOptions NoEvents = new() { Lag = TimeSpan.FromDays(36500) };

    private readonly ConsumeCall _call;
    private readonly ReflexGrpcClientOptions _options;
    private readonly CancellationTokenSource _closing = new();
    private int _isDisposed;

    private RemoteSession(ConsumeCall call, ReflexGrpcClientOptions options)
    {
        _call = call;
        _options = options;
        Ended = WatchAsync();
    }

    public Cursor Start { get; private set; }

    public Task<ReflexException> Ended { get; }

    public static async Task<RemoteSession> OpenAsync(
        Func<StreamOptions, ConsumeCall> open,
        ICursorStore cursors,
        ConsumerName consumer,
        ReflexGrpcClientOptions options,
        CancellationToken cancellationToken)
    {
        var call = open(NoEvents);
        try
        {
            await call.WaitForAnswerAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            call.Dispose();
            throw;
        }

        var session = new RemoteSession(call, options);
        try
        {
            // Now that the older sessions have ended, nobody else moves it.
            session.Start = await cursors.GetAsync(consumer, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask AcknowledgeAsync(Cursor cursor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        if (Ended.IsCompleted)
        {
            throw await Ended.ConfigureAwait(false);
        }

        _call.Acknowledge(cursor);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        var hasEnded = Ended.IsCompleted;
        await _closing.CancelAsync().ConfigureAwait(false);
        await Ended.ConfigureAwait(false);
        using (_call)
        {
            if (!hasEnded)
            {
                await _call.CompleteAsync(_options).ConfigureAwait(false);
            }
        }

        _closing.Dispose();
    }

    private async Task<ReflexException> WatchAsync()
    {
        try
        {
            while (await _call.ReadAsync(_closing.Token).ConfigureAwait(false) is not null)
            {
                // Its caller reads the stream itself.
            }

            return new ClusterUnavailableException("hold the session", new IOException("the server ended it without a reason"));
        }
        catch (ReflexException error)
        {
            return error;
        }
        catch (Exception error)
        {
            return new RemoteCallException(
                error.Message,
                error is ArgumentException ? "InvalidArgument" : "FailedPrecondition",
                isTransient: false,
                error);
        }
    }
}
