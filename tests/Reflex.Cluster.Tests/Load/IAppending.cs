using Reflex.Cluster.Tests.Cluster;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Load;

/// <summary>A way to append from outside of the cluster.</summary>
internal interface IAppending
{
    /// <summary>Appends events of one partition through a silo; answers where each stands.</summary>
    Task<IReadOnlyList<EventPosition>> AppendAsync(SiloPlace silo, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken);
}
