using Reflex.Cluster.Tests.Cluster;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Load;

/// <summary>By the gRPC client, which gathers what its callers append while a call is under way.</summary>
internal sealed class GrpcAppending(GrpcClients clients) : IAppending
{
    public async Task<IReadOnlyList<EventPosition>> AppendAsync(
        SiloPlace silo, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var stream = clients.ClientOf(silo).GetStream(Workload.Stream);
        return events.Count == 1
            ? [await stream.AppendAsync(events[0], cancellationToken)]
            : await stream.AppendAsync(events, cancellationToken);
    }
}
