using Grpc.Core;
using Reflex.Consumers;
using Reflex.Grpc.Consumers;
using Reflex.Grpc.Errors;
using Reflex.Retries;
using Reflex.Streams;

namespace Reflex.Grpc;

/// <summary>
/// A remote stream on which consumers run whose cursors its server keeps (<c>Consume</c> of <c>reflexpb</c>): what
/// <see cref="Consumable"/> is for a stream and a cursor store.
/// </summary>
/// <remarks>
/// One session at a time holds a consumer: a newer one takes over, and the older ends with
/// <see cref="ConsumerReplacedException"/>. An event is acknowledged after the consumer's logic succeeded. After a broken
/// connection, and only then, events come again whose acknowledgement the server hasn't stored. Thread-safe.
/// </remarks>
public sealed class RemoteConsumable
{
    private readonly Func<CallOptions, AsyncDuplexStreamingCall<Reflexpb.ConsumeRequest, Reflexpb.Event>> _open;
    private readonly StreamName _stream;
    private readonly int? _partition;
    private readonly ReflexGrpcClientOptions _options;
    private readonly bool _namesStream;

    internal RemoteConsumable(
        Func<CallOptions, AsyncDuplexStreamingCall<Reflexpb.ConsumeRequest, Reflexpb.Event>> open,
        StreamName stream,
        int? partition,
        ReflexGrpcClientOptions options,
        bool namesStream)
    {
        _open = open;
        _stream = stream;
        _partition = partition;
        _options = options;
        _namesStream = namesStream;
    }

    /// <summary>Any service's own method with these messages: <c>RemoteConsumable.From(client.ConsumeEvents)</c>.</summary>
    /// <param name="open">The generated client's method.</param>
    /// <param name="stream">The stream's name, for errors; the default when it has none.</param>
    /// <param name="options">Headers, time-outs and where to log; null for the defaults.</param>
    /// <returns>The consumable.</returns>
    public static RemoteConsumable From(
        Func<CallOptions, AsyncDuplexStreamingCall<Reflexpb.ConsumeRequest, Reflexpb.Event>> open,
        StreamName stream = default,
        ReflexGrpcClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        return new RemoteConsumable(open, stream, partition: null, options ?? new ReflexGrpcClientOptions(), namesStream: false);
    }

    /// <summary>Runs a consumer once; see <see cref="Consumable.ConsumeAsync"/>. Calling it again resumes.</summary>
    /// <param name="consumer">The logic.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="instruments">Its metrics, or null.</param>
    /// <param name="cancellationToken">Ends the run; what was handled is acknowledged before it ends.</param>
    /// <returns>
    /// A task that ends with an error as a rule: the logic's, the call's (<see cref="ConsumerReplacedException"/>,
    /// <see cref="ClusterUnavailableException"/>, …); <see cref="OperationCanceledException"/> when cancelled; a
    /// <see cref="StreamEndException"/> at an expected end.
    /// </returns>
    public async Task ConsumeAsync(
        IEventConsumer consumer,
        ConsumerOptions options,
        ConsumerInstruments? instruments = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var stream = StreamFor(options.Name);
        await ConsumableOf(stream).ConsumeAsync(consumer, options, instruments, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs a consumer again and again, with back-off after failures; see <see cref="Consumable.RunForeverAsync"/>. Ends when
    /// cancelled, when <see cref="StreamOptions.ToHead"/> was asked for and the head is reached, and when a newer session of the
    /// consumer has taken over, since the two would take it from each other for ever.
    /// </summary>
    /// <param name="consumer">The logic.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="backoff">How long to wait after failures; null for the defaults.</param>
    /// <param name="instruments">Its metrics, or null.</param>
    /// <param name="cancellationToken">Ends it, without an exception.</param>
    /// <returns>A task that ends without an error, but for this one.</returns>
    /// <exception cref="ConsumerReplacedException">A newer session of the consumer has taken over.</exception>
    public async Task RunForeverAsync(
        IEventConsumer consumer,
        ConsumerOptions options,
        Backoff? backoff = null,
        ConsumerInstruments? instruments = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var stream = StreamFor(options.Name);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stream.Replacing);
        await ConsumableOf(stream).RunForeverAsync(consumer, options, backoff, instruments, ending.Token).ConfigureAwait(false);
        if (stream.Replaced is { } replaced)
        {
            throw replaced;
        }
    }

    /// <summary>Begins a call that holds a consumer.</summary>
    internal ConsumeCall Open(ConsumerName consumer, StreamOptions streaming) => new(
        _open,
        CallHeaders.Of(_options, _namesStream ? _stream : default, _partition),
        new CallContext($"consume as '{consumer}'", _stream, consumer)
        {
            Server = _options.Server, IsToHead = streaming.ToHead, IsSession = true,
        },
        streaming);

    private AcknowledgingStream StreamFor(ConsumerName consumer) => new(streaming => Open(consumer, streaming), _options);

    private Consumable ConsumableOf(AcknowledgingStream stream) =>
        new(stream.StreamAsync, stream) { TimeProvider = _options.TimeProvider, Logger = _options.Logger };
}
