using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc;
using Reflex.Silo.Tests.Support;
using Reflex.Streams;

namespace Reflex.Silo.Tests;

/// <summary>A log that was put back from an older copy, and went on: a cursor of what was lost isn't taken for what came.</summary>
public sealed class RestoredLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cursor_OfTheLogThatWasLost_IsRefusedByEveryDoorHoweverFarTheCopyHasGone()
    {
        var folder = await StopAfterAsync(null, 1, defines: true);
        var logs = Path.Combine(folder, "data", "streams");
        var copy = Path.Combine(folder, "copy");
        DataFolders.Copy(logs, copy);
        var read = "";
        await StopAfterAsync(folder, 90, afterwards: async silo => read = await LastCursorAsync(silo));
        Directory.Delete(logs, recursive: true);
        Directory.Move(copy, logs);

        await using var silo = await StockSilo.StartAsync(folder);
        await AppendAsync(silo, 200);
        var lost = Cursor.Parse(read);
        Assert.Equal(new EventId(91), lost.Of(0)?.Id);
        using (var refused = await silo.Client.GetAsync($"/streams/orders/events?after={read}&toHead=true", Token))
        {
            await RequireRefusedAsync(refused, read);
        }

        using (var resumed = new HttpRequestMessage(HttpMethod.Get, "/streams/orders/events"))
        {
            resumed.Headers.Add("Last-Event-ID", read);
            using var refused = await silo.Client.SendAsync(resumed, HttpCompletionOption.ResponseHeadersRead, Token);
            await RequireRefusedAsync(refused, read);
        }

        using var client = new ReflexGrpcClient(new Uri(silo.GrpcUrl));
        var error = await Assert.ThrowsAsync<CursorOfAnotherLifeException>(() => ReadAsync(client, lost));
        Assert.Equal((lost.Of(0), "orders/0"), (error.Cursor, error.Partition.ToString()));

        // What both have had is the same; and a bare number is taken at its word.
        var first = (await ReadAsync(client, Cursor.Empty))[0];
        Assert.Equal(200, (await ReadAsync(client, first.Cursor)).Count);
        Assert.Equal(201 - 91, (await ReadAsync(client, lost.WithoutLives())).Count);
    }

    private static async Task<string> StopAfterAsync(
        string? folder, int events, bool defines = false, Func<StockSilo, Task>? afterwards = null)
    {
        await using var silo = await StockSilo.StartAsync(folder);
        if (defines)
        {
            (await silo.Client.PutAsJsonAsync("/streams/orders", new { partitions = 1 }, Token)).EnsureSuccessStatusCode();
        }

        await AppendAsync(silo, events);
        await (afterwards?.Invoke(silo) ?? Task.CompletedTask);
        Assert.Equal(0, await silo.Process.TerminateAsync());
        return silo.Folder;
    }

    private static async Task AppendAsync(StockSilo silo, int count)
    {
        var lines = string.Concat(Enumerable.Range(1, count).Select(i => $"{{\"type\":{i},\"foreignId\":\"42\"}}\n"));
        using var body = new StringContent(lines, Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
        (await silo.Client.PostAsync("/streams/orders/events", body, Token)).EnsureSuccessStatusCode();
    }

    private static async Task<string> LastCursorAsync(StockSilo silo)
    {
        var read = await silo.Client.GetStringAsync("/streams/orders/events?toHead=true", Token);
        return read.Split('\n').Last(line => line.StartsWith("id: ", StringComparison.Ordinal))["id: ".Length..];
    }

    private static async Task<List<Event>> ReadAsync(ReflexGrpcClient client, Cursor after)
    {
        var events = new List<Event>();
        try
        {
            await foreach (var e in client.GetStream("orders").StreamAsync(after, new StreamOptions { ToHead = true }, Token))
            {
                events.Add(e);
            }
        }
        catch (HeadReachedException)
        {
            return events;
        }

        throw new InvalidOperationException("The stream has ended before its head.");
    }

    private static async Task RequireRefusedAsync(HttpResponseMessage refused, string cursor)
    {
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("urn:reflex:problem:cursor-of-another-life", problem.GetProperty("type").GetString());
        Assert.Equal(cursor, problem.GetProperty("cursor").GetString());
    }
}
