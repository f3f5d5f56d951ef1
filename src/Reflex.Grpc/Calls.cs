using Grpc.Core;
using Reflex.Consumers;
using Reflex.Grpc.Errors;
using Reflex.Streams;

namespace Reflex.Grpc;

/// <summary>What all calls of a client share.</summary>
/// <param name="Invoker">The channel's.</param>
/// <param name="Configuration">The client's options.</param>
internal sealed record Calls(CallInvoker Invoker, ReflexGrpcClientOptions Configuration)
{
    /// <summary>What a call is for.</summary>
    public CallContext Context(string what, StreamName stream = default, ConsumerName consumer = default) =>
        new(what, stream, consumer) { Server = Configuration.Server };

    /// <summary>For a call that has its answer soon. The transport measures its time by the system's clock.</summary>
    public CallOptions Options(CancellationToken cancellationToken) => new(
        CallHeaders.Of(Configuration),
        (TimeProvider.System.GetUtcNow() + Configuration.CallTimeout).UtcDateTime,
        cancellationToken);

    /// <summary>For a call that lasts.</summary>
    public CallOptions LastingOptions(CancellationToken cancellationToken) =>
        new(CallHeaders.Of(Configuration), cancellationToken: cancellationToken);
}
