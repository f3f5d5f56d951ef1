using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Reflex.Cluster.Tests.Cluster;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Load;

/// <summary>By HTTP: one event as JSON, several as lines.</summary>
internal sealed class HttpAppending(HttpClient client) : IAppending
{
    public async Task<IReadOnlyList<EventPosition>> AppendAsync(
        SiloPlace silo, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var isOne = events.Count == 1;
        using var content = new StringContent(
            string.Join('\n', events.Select(Write)),
            Encoding.UTF8,
            new MediaTypeHeaderValue(isOne ? "application/json" : "application/x-ndjson"));
        using var response = await client.PostAsync(new Uri(silo.Http, $"/streams/{Workload.Stream}/events"), content, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        if (isOne)
        {
            return [new EventPosition(Partition(answer.RootElement), new EventId(Id(answer.RootElement, "id")))];
        }

        var only = Assert.Single(answer.RootElement.GetProperty("partitions").EnumerateArray());
        var first = Id(only, "firstId");
        Assert.Equal(events.Count - 1, Id(only, "lastId") - first);
        return [.. events.Select((_, i) => new EventPosition(Partition(only), new EventId(first + i)))];
    }

    private static string Write(NewEvent e) => JsonSerializer.Serialize(
        new { type = e.Type.Value, foreignId = e.ForeignId, metadata = Encoding.UTF8.GetString(e.Metadata.Span) });

    private static int Partition(JsonElement answer) => answer.GetProperty("partition").GetInt32();

    private static long Id(JsonElement answer, string name) =>
        long.Parse(answer.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
