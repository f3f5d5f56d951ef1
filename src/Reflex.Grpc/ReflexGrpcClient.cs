using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Grpc.Appends;
using Reflex.Grpc.Consumers;
using Reflex.Grpc.Cursors;
using Reflex.Grpc.Errors;
using Reflex.Grpc.Streams;
using Reflex.Grpc.Wire;
using Reflex.Streams;

namespace Reflex.Grpc;

/// <summary>
/// A Reflex cluster over gRPC: the same <see cref="IReflexClient"/> as in the cluster. Thread-safe; one for the whole process.
/// </summary>
/// <remarks>
/// Streams go on after a broken connection from the last event that they handed out; a server that stops ends them with
/// <see cref="StreamStoppedException"/>, and streaming again from the last cursor goes on elsewhere. Nothing else is ever sent
/// twice: of an append that fails with <see cref="ClusterUnavailableException"/> it is unknown whether it had its effect.
/// A call that is refused for want of rights, or fails in a way that has no type, throws <see cref="RemoteCallException"/>.
/// </remarks>
public sealed class ReflexGrpcClient : IReflexClient, IDisposable
{
    private const int MaxMessageBytes = 16 * 1024 * 1024;

    // Two of the largest pages of a server: while one is handled, the next one arrives.
    private const int StreamWindowBytes = 1024 * 1024;

    private readonly ChannelBase? _ownChannel;
    private readonly Calls _calls;
    private readonly V1.Streams.StreamsClient _streams;
    private readonly V1.Consumers.ConsumersClient _consumers;
    private readonly ConcurrentDictionary<StreamName, StreamAppender> _appenders = new();

    /// <summary>A client with a channel of its own, which it closes when it is disposed.</summary>
    /// <param name="address">The server's: "http://localhost:5001".</param>
    /// <param name="options">Headers, limits and time-outs; null for the defaults.</param>
    public ReflexGrpcClient(Uri address, ReflexGrpcClientOptions? options = null)
        : this(
            OpenChannel(address, options ?? new ReflexGrpcClientOptions()),
            options,
            $"{address.Scheme}://{address.Authority}",
            ownsChannel: true)
    {
    }

    /// <summary>A client of a channel that the caller has made, and closes.</summary>
    /// <param name="channel">
    /// The channel. It should send keep-alive pings, without which a silent break isn't noticed, and reconnect as soon as
    /// <see cref="ReflexGrpcClientOptions.RetryBackoff"/> says: its own back-off grows to two minutes.
    /// </param>
    /// <param name="options">Headers, limits and time-outs; null for the defaults.</param>
    public ReflexGrpcClient(ChannelBase channel, ReflexGrpcClientOptions? options = null)
        : this(channel, options, channel?.Target ?? "", ownsChannel: false)
    {
    }

    private ReflexGrpcClient(ChannelBase channel, ReflexGrpcClientOptions? options, string server, bool ownsChannel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _ownChannel = ownsChannel ? channel : null;
        _calls = new Calls(channel.CreateCallInvoker(), (options ?? new ReflexGrpcClientOptions()) with { Server = server });
        _streams = new V1.Streams.StreamsClient(_calls.Invoker);
        _consumers = new V1.Consumers.ConsumersClient(_calls.Invoker);
    }

    /// <inheritdoc/>
    public IEventStream GetStream(StreamName stream)
    {
        RequireName(stream);
        var appender = _appenders.GetOrAdd(stream, static (name, calls) => new StreamAppender(name, calls), _calls);
        return new RemoteEventStream(stream, appender, _calls);
    }

    /// <inheritdoc/>
    public IConsumerControl GetConsumer(StreamName stream, ConsumerName consumer) =>
        new RemoteConsumerControl(new ConsumerId(stream, consumer), _calls);

    /// <inheritdoc/>
    public async Task<bool> DefineStreamAsync(StreamDefinition definition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var request = new V1.DefineStreamRequest
        {
            Stream = StreamStatuses.Encode(definition),
            KeepsStoredRetention = definition.KeepsStoredRetention,
        };
        var answer = await _streams.DefineStreamAsync(request, _calls.Options(cancellationToken))
            .AnswerAsync(_calls.Context($"define the stream '{definition.Name}'", definition.Name), cancellationToken)
            .ConfigureAwait(false);
        return answer.Created;
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteStreamAsync(StreamName stream, CancellationToken cancellationToken = default)
    {
        RequireName(stream);
        var answer = await _streams.DeleteStreamAsync(
            new V1.DeleteStreamRequest { Stream = stream.Value }, _calls.Options(cancellationToken))
            .AnswerAsync(_calls.Context($"delete the stream '{stream}'", stream), cancellationToken).ConfigureAwait(false);
        return answer.Deleted;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken = default) =>
        ListStreamsAsync(new V1.ListStreamsRequest(), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The server answers up to 10,000 at once.</remarks>
    public Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(
        StreamName? after, int most, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return ListStreamsAsync(new V1.ListStreamsRequest { After = after?.Value ?? "", Limit = most }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConsumerId>> ListConsumersAsync(CancellationToken cancellationToken = default)
    {
        var answer = await _consumers.ListConsumersAsync(new V1.ListConsumersRequest(), _calls.Options(cancellationToken))
            .AnswerAsync(_calls.Context("list the consumers"), cancellationToken).ConfigureAwait(false);
        return [.. answer.Consumers.Select(ConsumerStatuses.Decode)];
    }

    /// <inheritdoc/>
    public ICursorStore GetCursors(StreamName stream, int? partition = null)
    {
        RequireName(stream);
        return new RemoteCursorStore(stream, partition, _calls);
    }

    /// <summary>
    /// A stream on which consumers run whose cursors the cluster keeps. It costs one call for the whole run, where
    /// <see cref="GetCursors"/> costs one for each event.
    /// </summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="partition">The one partition; null for all.</param>
    /// <returns>What to run consumers of the stream with; thread-safe.</returns>
    public RemoteConsumable GetConsumable(StreamName stream, int? partition = null)
    {
        RequireName(stream);
        return new RemoteConsumable(
            new Reflexpb.Reflex.ReflexClient(_calls.Invoker).Consume, stream, partition, _calls.Configuration, namesStream: true);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The session answers no single acknowledgement: the task of <see cref="IConsumerSession.AcknowledgeAsync"/> ends at once, and
    /// an acknowledgement that the cluster refuses ends the session, with the reason in <see cref="IConsumerSession.Ended"/>.
    /// <see cref="GetConsumable"/> streams and acknowledges in one.
    /// </remarks>
    public async Task<IConsumerSession> OpenSessionAsync(
        StreamName stream, int? partition, ConsumerName consumer, CancellationToken cancellationToken = default) =>
        await RemoteSession.OpenAsync(
            streaming => GetConsumable(stream, partition).Open(consumer, streaming),
            GetCursors(stream, partition),
            consumer,
            _calls.Configuration,
            cancellationToken).ConfigureAwait(false);

    /// <summary>Closes the channel, if the client has made it, which ends all calls.</summary>
    public void Dispose() => (_ownChannel as IDisposable)?.Dispose();

    private async Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(
        V1.ListStreamsRequest request, CancellationToken cancellationToken)
    {
        var answer = await _streams.ListStreamsAsync(request, _calls.Options(cancellationToken))
            .AnswerAsync(_calls.Context("list the streams"), cancellationToken).ConfigureAwait(false);
        return [.. answer.Streams.Select(StreamStatuses.Decode)];
    }

    private static GrpcChannel OpenChannel(Uri address, ReflexGrpcClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(address);
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = MaxMessageBytes,
            DisposeHttpClient = true,

            // Its own back-off grows to two minutes, in which a call fails without a look at the server.
            InitialReconnectBackoff = options.RetryBackoff.Initial,
            MaxReconnectBackoff = options.RetryBackoff.Longest,
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(10),
                EnableMultipleHttp2Connections = true,
                InitialHttp2StreamWindowSize = StreamWindowBytes,
                KeepAlivePingDelay = TimeSpan.FromSeconds(30),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            },
        });
    }

    private static void RequireName(StreamName stream)
    {
        if (stream.IsDefault)
        {
            throw new ArgumentException("A stream needs a name.", nameof(stream));
        }
    }
}
