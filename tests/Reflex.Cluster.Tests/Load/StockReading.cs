using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Grpc.Core;
using Reflex.Cluster.Tests.Cluster;
using Reflex.Cluster.Tests.History;
using Reflex.Cursors;
using Reflex.Events;
using Reflexpb;

namespace Reflex.Cluster.Tests.Load;

/// <summary>One partition, asked for as a stock luno/reflex does: by the call that it knows, with a bare number as the cursor.</summary>
internal sealed class StockReading(GrpcClients clients, int partition) : IReading
{
    public async IAsyncEnumerable<ReadEvent> ReadAsync(
        SiloPlace silo, Cursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var headers = new Metadata { { "reflex-stream", $"{Workload.Stream}/{partition}" } };
        var request = new StreamRequest { After = after.WithoutLives().ToString(), Options = new StreamOptions() };
        using var call = new Reflexpb.Reflex.ReflexClient(clients.ChannelOf(silo)).Stream(
            request, headers, deadline: null, cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var e = call.ResponseStream.Current;
            var id = long.Parse(e.Id, CultureInfo.InvariantCulture);
            var identity = Identity.Parse(Encoding.UTF8.GetString(e.Metadata.Span));
            yield return new ReadEvent(new SeenEvent(partition, id, identity), new EventId(id));
        }
    }
}
