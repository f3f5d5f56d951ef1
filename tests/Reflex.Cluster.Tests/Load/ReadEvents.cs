using System.Globalization;
using System.Text;
using System.Text.Json;
using Reflex.Cluster.Tests.History;
using Reflex.Events;

namespace Reflex.Cluster.Tests.Load;

/// <summary>What the different ways of reading hand out.</summary>
internal static class ReadEvents
{
    public static ReadEvent Of(Event e) => new(
        new SeenEvent(e.Partition, e.Id.Value, Identity.Parse(Encoding.UTF8.GetString(e.Metadata.Span))), e.Cursor);

    /// <summary>An event as HTTP has it.</summary>
    /// <exception cref="HttpRequestException">It is an error, by which the stream ends.</exception>
    public static ReadEvent Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var e = document.RootElement;
        if (e.TryGetProperty("error", out var error))
        {
            throw Failed(error);
        }

        return new ReadEvent(
            new SeenEvent(
                e.GetProperty("partition").GetInt32(),
                long.Parse(e.GetProperty("id").GetString()!, CultureInfo.InvariantCulture),
                Identity.Parse(e.GetProperty("metadata").GetString())),
            e.GetProperty("cursor").GetString()!);
    }

    /// <summary>The error of problem details.</summary>
    public static HttpRequestException Failed(JsonElement problem) => new(
        problem.ToString(), inner: null, (System.Net.HttpStatusCode)problem.GetProperty("status").GetInt32());
}
