using Reflex.Cluster.Tests.Cluster;
using Reflex.Cursors;

namespace Reflex.Cluster.Tests.Load;

/// <summary>A way to read from outside of the cluster.</summary>
internal interface IReading
{
    /// <summary>Reads after a cursor through a silo, until that fails or stops.</summary>
    IAsyncEnumerable<ReadEvent> ReadAsync(SiloPlace silo, Cursor after, CancellationToken cancellationToken);
}
