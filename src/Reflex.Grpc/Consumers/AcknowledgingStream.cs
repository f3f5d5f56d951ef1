using System.Runtime.CompilerServices;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Grpc.Consumers;

/// <summary>
/// A server's Consume as the stream and the cursor store that a <see cref="Consumable"/> takes, for one consumer. The server knows
/// the cursor: here it is empty, and setting it acknowledges.
/// </summary>
/// <param name="open">Begins a call.</param>
/// <param name="options">How long the server may take to store what was acknowledged.</param>
internal sealed class AcknowledgingStream(Func<StreamOptions, ConsumeCall> open, ReflexGrpcClientOptions options)
    : ICursorStore, IDisposable
{
    private readonly CancellationTokenSource _replacing = new();
    private ConsumeCall? _call;

    /// <summary>Why it must not go on; null while it may.</summary>
    public ConsumerReplacedException? Replaced { get; private set; }

    /// <summary>Cancelled when a newer session has taken over.</summary>
    public CancellationToken Replacing => _replacing.Token;

    public async IAsyncEnumerable<Event> StreamAsync(
        Cursor after, StreamOptions streaming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = _call = open(streaming);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await ReadAsync(call, cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask<Cursor> GetAsync(ConsumerName consumer, CancellationToken cancellationToken) => ValueTask.FromResult(Cursor.Empty);

    public ValueTask SetAsync(ConsumerName consumer, Cursor cursor, CancellationToken cancellationToken)
    {
        _call!.Acknowledge(cursor);
        return ValueTask.CompletedTask;
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_call is { } call)
        {
            _call = null;
            using (call)
            {
                await call.CompleteAsync(options).ConfigureAwait(false);
            }
        }
    }

    public void Dispose()
    {
        _call?.Dispose();
        _replacing.Dispose();
    }

    private async ValueTask<Event> ReadAsync(ConsumeCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ReadAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new ClusterUnavailableException("consume", new IOException("the server ended the call without a reason"));
        }
        catch (ConsumerReplacedException error)
        {
            Replaced = error;
            await _replacing.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
