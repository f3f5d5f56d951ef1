using Grpc.Core;

namespace Reflex.Benchmarks.Silo;

/// <summary>Hands out what <see cref="BareAppends"/> takes.</summary>
internal sealed class BareStreams(BareEvents events) : Reflexpb.Reflex.ReflexBase
{
    public override async Task Stream(
        Reflexpb.StreamRequest request, IServerStreamWriter<Reflexpb.Event> responseStream, ServerCallContext context)
    {
        // The caller knows by them that its reader is in its place.
        await context.WriteResponseHeadersAsync([]);
        await foreach (var e in events.Reader.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(e, context.CancellationToken);
        }
    }
}
