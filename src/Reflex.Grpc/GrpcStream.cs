using Grpc.Core;
using Reflex.Grpc.Streams;
using Reflex.Grpc.Wire;
using Reflex.Streams;

namespace Reflex.Grpc;

/// <summary>Streams of services that speak <c>reflexpb</c>, those of luno/reflex among them.</summary>
/// <remarks>
/// After a broken connection such a stream goes on, as <see cref="ReflexGrpcClientOptions.ReadRetryTimeout"/> says, from the last event
/// that it handed out. There is one exception: such a service can't be asked for its head, so that a reading with
/// <see cref="StreamOptions.FromHead"/> which breaks before its first event ends with the <see cref="ClusterUnavailableException"/>.
/// A server that stops ends the reading with <see cref="StreamStoppedException"/>.
/// </remarks>
public static class GrpcStream
{
    /// <summary>The header in which <c>reflexpb</c> calls of a Reflex server name a stream, or a partition: "orders", "orders/3".</summary>
    public const string StreamHeader = CallHeaders.Stream;

    /// <summary>
    /// The header in which a <c>Stream</c> call of <c>reflexpb</c> names the types of the events that it wants: "1,2". Without it, every
    /// type.
    /// </summary>
    public const string TypesHeader = CallHeaders.Types;

    /// <summary>
    /// The header in which it names the foreign ids of the events that it wants, each encoded as in a URL: "42,user%2C7". Without it, all.
    /// </summary>
    public const string ForeignIdsHeader = CallHeaders.ForeignIds;

    /// <summary>
    /// The response header of a <c>Consume</c> that names the consumer which the call holds from then on; a refusal has none.
    /// </summary>
    public const string ConsumerHeader = CallHeaders.Consumer;

    /// <summary>
    /// Any service's own method with these messages as a <see cref="StreamFunc"/>:
    /// <c>GrpcStream.From(client.StreamEvents)</c>.
    /// </summary>
    /// <param name="open">The generated client's method.</param>
    /// <param name="stream">The stream's name, for errors; the default when it has none.</param>
    /// <param name="options">Headers and resuming; null for the defaults.</param>
    /// <returns>The function.</returns>
    public static StreamFunc From(
        Func<Reflexpb.StreamRequest, CallOptions, AsyncServerStreamingCall<Reflexpb.Event>> open,
        StreamName stream = default,
        ReflexGrpcClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        options ??= new ReflexGrpcClientOptions();
        return new ResumingStream<Reflexpb.Event>(
            stream,
            (after, streaming, cancellationToken) => open(
                StreamRequests.Reflexpb(after, streaming), new CallOptions(CallHeaders.Of(options), cancellationToken: cancellationToken)),
            EventMessages.Convert,
            getHead: null,
            options).StreamAsync;
    }

    /// <summary>
    /// A stream of a server's <c>reflexpb.Reflex</c> service. Faster than <see cref="From"/>, since it makes no message objects;
    /// a Reflex server is read faster still by <see cref="ReflexGrpcClient"/>.
    /// </summary>
    /// <param name="invoker">The channel's.</param>
    /// <param name="stream">The stream that the header names; the default sends no header and reads the server's default stream.</param>
    /// <param name="partition">The one partition; null for all.</param>
    /// <param name="options">Headers and resuming; null for the defaults.</param>
    /// <returns>The function.</returns>
    public static StreamFunc Of(
        CallInvoker invoker, StreamName stream = default, int? partition = null, ReflexGrpcClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(invoker);
        options ??= new ReflexGrpcClientOptions();
        return new ResumingStream<byte[]>(
            stream,
            (after, streaming, cancellationToken) => invoker.AsyncServerStreamingCall(
                ReflexMethods.ReflexpbStream,
                host: null,
                new CallOptions(
                    CallHeaders.Of(options, stream, partition, EventFilter.Of(streaming)), cancellationToken: cancellationToken),
                StreamRequests.Reflexpb(after, streaming)),
            message => EventMessages.Decode(message, partition),
            getHead: null,
            options).StreamAsync;
    }
}
