using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Reflex.Crash.Tests;

/// <summary>Appends events, each with a foreign id of its own, until its silo dies, and keeps what was acknowledged.</summary>
internal sealed class Acknowledged
{
    private readonly ConcurrentDictionary<string, (int Partition, long Id)> _events = new();
    private long _last;

    public IReadOnlyDictionary<string, (int Partition, long Id)> Events => _events;

    /// <summary>Appends from several callers until every one has failed. Calls back once a number was acknowledged.</summary>
    public Task AppendUntilGoneAsync(HttpClient client, int callers, int calling, Func<Task> callBack)
    {
        var left = calling;
        return Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (await AppendAsync(client) == HttpStatusCode.Created)
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    await callBack();
                }
            }
        })));
    }

    /// <summary>Appends one event and keeps it if it was acknowledged; answers the status, null when the silo is gone.</summary>
    public async Task<HttpStatusCode?> AppendAsync(HttpClient client, int metadataLength = 9)
    {
        var foreignId = $"entity-{Interlocked.Increment(ref _last)}";
        try
        {
            using var response = await client.PostAsJsonAsync(
                "/streams/orders/events", new { type = 1, foreignId, metadata = new string('x', metadataLength) });
            if (response.StatusCode == HttpStatusCode.Created)
            {
                var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
                _events[foreignId] = (answer.GetProperty("partition").GetInt32(), long.Parse(answer.GetProperty("id").GetString()!));
            }

            return response.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return null;
        }
    }
}
