using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>A body as large as the history of a big repository, through curl's way and back in both forms.</summary>
public sealed class HistoryTests
{
    private const int Count = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task History_OfMoreThan100000Events_GoesInAndComesBackCompleteAndInOrder()
    {
        await using var silo = await StockSilo.StartAsync(null, "--Logging:LogLevel:Reflex.Silo.Demo.LogEvents=Warning");
        var body = new StringBuilder();
        for (var i = 0; i < Count; i++)
        {
            body.Append($$"""
                {"type":{{i % 5}},"foreignId":"src/File{{i % 997}}.cs","timestamp":"2026-01-01T00:00:00+01:00","metadata":"commit {{i}}"}

                """);
        }

        using var content = new StringContent(body.ToString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var appended = await silo.Client.PostAsync("/streams/demo/events", content, Token);
        var answer = JsonDocument.Parse(await appended.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal(Count, answer.GetProperty("count").GetInt32());
        Assert.Equal("1", answer.GetProperty("partitions")[0].GetProperty("firstId").GetString());
        Assert.Equal($"{Count}", answer.GetProperty("partitions")[0].GetProperty("lastId").GetString());

        Verify(await ReadAsync(silo.Client, "application/x-ndjson"));
        Verify((await ReadAsync(silo.Client, "text/event-stream"))
            .Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
            .Select(line => line["data: ".Length..]));

        while (await LagAsync(silo.Client) > 0)
        {
            await Task.Yield();
        }
    }

    private static void Verify(IEnumerable<string> lines)
    {
        var count = 0;
        foreach (var e in lines.Select(line => JsonDocument.Parse(line).RootElement))
        {
            Assert.Equal($"commit {count}", e.GetProperty("metadata").GetString());
            Assert.Equal($"{++count}", e.GetProperty("id").GetString());
        }

        Assert.Equal(Count, count);
    }

    private static async Task<string[]> ReadAsync(HttpClient client, string form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/streams/demo/events?toHead=true");
        request.Headers.Accept.ParseAdd(form);
        using var response = await client.SendAsync(request, Token);
        return (await response.Content.ReadAsStringAsync(Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<long> LagAsync(HttpClient client)
    {
        using var status = JsonDocument.Parse(await client.GetStringAsync("/consumers/demo/log-events", Token));
        return status.RootElement.GetProperty("lagEvents").GetInt64();
    }
}
