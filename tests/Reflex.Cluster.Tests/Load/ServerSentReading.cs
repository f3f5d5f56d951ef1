using System.Runtime.CompilerServices;
using System.Text.Json;
using Reflex.Cluster.Tests.Cluster;
using Reflex.Cursors;

namespace Reflex.Cluster.Tests.Load;

/// <summary>The whole stream by HTTP, as Server-Sent Events: what an EventSource of a browser sends and takes.</summary>
internal sealed class ServerSentReading(HttpClient client) : IReading
{
    private const string Data = "data:";
    private const string Name = "event:";

    public async IAsyncEnumerable<ReadEvent> ReadAsync(
        SiloPlace silo, Cursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(silo.Http, $"/streams/{Workload.Stream}/events"));
        if (!after.IsEmpty)
        {
            request.Headers.Add("Last-Event-ID", after.ToString());
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var isEnd = false;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(Name, StringComparison.Ordinal))
            {
                isEnd = true;
            }
            else if (line.StartsWith(Data, StringComparison.Ordinal))
            {
                var data = line[Data.Length..];
                yield return isEnd ? throw Failed(data) : ReadEvents.Of(data);
            }
        }
    }

    private static HttpRequestException Failed(string problem)
    {
        using var document = JsonDocument.Parse(problem);
        return ReadEvents.Failed(document.RootElement);
    }
}
