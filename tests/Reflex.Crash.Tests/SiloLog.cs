using System.Net.Http.Json;
using System.Text.Json;

namespace Reflex.Crash.Tests;

/// <summary>What a silo's stream holds, read over HTTP and compared with what was acknowledged.</summary>
internal static class SiloLog
{
    public const int Partitions = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The foreign ids of each partition's events, whose ids have no gap.</summary>
    public static async Task<List<List<string>>> ReadAsync(HttpClient client)
    {
        var log = new List<List<string>>();
        for (var partition = 0; partition < Partitions; partition++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/streams/orders/events?partition={partition}&toHead=true");
            request.Headers.Accept.ParseAdd("application/x-ndjson");
            using var response = await client.SendAsync(request, Token);
            response.EnsureSuccessStatusCode();
            var events = new List<string>();
            foreach (var line in (await response.Content.ReadAsStringAsync(Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var e = JsonDocument.Parse(line).RootElement;
                Assert.Equal($"{events.Count + 1}", e.GetProperty("id").GetString());
                events.Add(e.GetProperty("foreignId").GetString()!);
            }

            log.Add(events);
        }

        return log;
    }

    public static void Verify(List<List<string>> log, Acknowledged acknowledged)
    {
        Assert.Equal(log.Sum(events => events.Count), log.SelectMany(events => events).Distinct().Count());
        foreach (var (foreignId, (partition, id)) in acknowledged.Events)
        {
            var head = log[partition].Count;
            Assert.True(id <= head, $"{foreignId} was acknowledged as {partition}/{id}, after the head {head}.");
            Assert.Equal(foreignId, log[partition][(int)id - 1]);
        }
    }

    /// <summary>Waits until the consumer has handled everything.</summary>
    public static async Task ConsumedAsync(HttpClient client)
    {
        while ((await client.GetFromJsonAsync<JsonElement>("/consumers/orders/noter", Token)).GetProperty("lagEvents").GetInt64() > 0)
        {
            await Task.Yield();
        }
    }
}
