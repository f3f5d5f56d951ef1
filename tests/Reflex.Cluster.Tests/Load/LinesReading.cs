using System.Runtime.CompilerServices;
using Reflex.Cluster.Tests.Cluster;
using Reflex.Cursors;

namespace Reflex.Cluster.Tests.Load;

/// <summary>The whole stream by HTTP, as lines.</summary>
internal sealed class LinesReading(HttpClient client) : IReading
{
    public async IAsyncEnumerable<ReadEvent> ReadAsync(
        SiloPlace silo, Cursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(silo.Http, $"/streams/{Workload.Stream}/events?after={after}"));
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return ReadEvents.Of(line);
        }
    }
}
