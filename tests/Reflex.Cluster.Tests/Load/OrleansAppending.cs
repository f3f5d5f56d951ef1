using Reflex.Cluster.Tests.Cluster;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Load;

/// <summary>By an Orleans client, which finds the silos itself.</summary>
internal sealed class OrleansAppending(IReflexClient client) : IAppending
{
    public async Task<IReadOnlyList<EventPosition>> AppendAsync(
        SiloPlace silo, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var stream = client.GetStream(Workload.Stream);
        return events.Count == 1
            ? [await stream.AppendAsync(events[0], cancellationToken)]
            : await stream.AppendAsync(events, cancellationToken);
    }
}
