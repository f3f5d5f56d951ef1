using System.Runtime.CompilerServices;
using Reflex.Cluster.Tests.Cluster;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Load;

/// <summary>The whole stream by an Orleans client, which finds the silos itself.</summary>
internal sealed class OrleansReading(IReflexClient client) : IReading
{
    public async IAsyncEnumerable<ReadEvent> ReadAsync(
        SiloPlace silo, Cursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = client.GetStream(Workload.Stream);
        await foreach (var e in stream.StreamAsync(after, StreamOptions.Default, cancellationToken))
        {
            yield return ReadEvents.Of(e);
        }
    }
}
