using System.Text.Json;
using Reflex.AspNetCore.Http.Requests;
using Reflex.Consumers;

namespace Reflex.AspNetCore.Http.Consumers;

/// <summary>The answer with all consumers, ordered by stream and name.</summary>
/// <remarks>
/// It has every partition of every consumer, and callers make consumers that run outside the cluster: so it is sent as it is
/// gathered, no faster than it is read.
/// </remarks>
internal static class ConsumerList
{
    public static async Task WriteAsync(
        HttpResponse response,
        IReadOnlyList<ConsumerId> consumers,
        Func<ConsumerId, Task<ConsumerResponse>> describeAsync,
        CancellationToken cancellationToken)
    {
        // Before anything is sent, so that an error still chooses the status.
        var first = await Gathering.GatherAsync([.. consumers.Take(Gathering.Concurrent)], describeAsync);
        response.ContentType = MediaTypes.JsonAnswer;
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("consumers");
        await WriteSomeAsync(first);
        foreach (var next in consumers.Skip(Gathering.Concurrent).Chunk(Gathering.Concurrent))
        {
            await WriteSomeAsync(await Gathering.GatherAsync(next, describeAsync));
        }

        json.WriteEndArray();
        json.WriteEndObject();

        async Task WriteSomeAsync(IReadOnlyList<ConsumerResponse> some)
        {
            foreach (var consumer in some)
            {
                JsonSerializer.Serialize(json, consumer, HttpJson.Default.ConsumerResponse);
                await json.FlushAsync(cancellationToken);
                await response.BodyWriter.FlushAsync(cancellationToken);
            }
        }
    }
}
