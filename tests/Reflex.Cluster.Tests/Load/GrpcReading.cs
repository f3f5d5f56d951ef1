using System.Runtime.CompilerServices;
using Reflex.Cluster.Tests.Cluster;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Load;

/// <summary>The whole stream by the gRPC client.</summary>
internal sealed class GrpcReading(GrpcClients clients) : IReading
{
    public async IAsyncEnumerable<ReadEvent> ReadAsync(
        SiloPlace silo, Cursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = clients.ClientOf(silo).GetStream(Workload.Stream);
        await foreach (var e in stream.StreamAsync(after, StreamOptions.Default, cancellationToken))
        {
            yield return ReadEvents.Of(e);
        }
    }
}
