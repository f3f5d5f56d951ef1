using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Reflex.Cursors;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

/// <summary>An asynchronous standby of PostgreSQL that lacks commits, and takes over.</summary>
public sealed class PostgresFailoverTests : IAsyncLifetime
{
    private const int Common = 20;
    private const int Lost = 30;
    private const int After = 50;

    private readonly PostgresServer _primary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failover_ToAStandbyThatLacksEvents_IsAnotherLifeForEverybodyAndGoesOn()
    {
        var database = await _primary.CreateDatabaseAsync();
        await using var standby = await _primary.StartStandbyAsync();
        await using var silo = await StockSilo.StartAsync(
            null,
            "--Reflex:Storage=Postgres",
            $"--Reflex:Postgres:ConnectionString={_primary.HereOr(standby, database)}",
            "--Reflex:Streams:demo:Partitions=1",
            "--Reflex:Demo=true");
        await AppendAsync(silo, "common", Common);
        await StoredAsync(database, Common);
        await _primary.CatchUpAsync(standby);
        await standby.KillAsync();
        await AppendAsync(silo, "lost", Lost);
        await StoredAsync(database, Common + Lost);
        var lost = await LastCursorAsync(silo);

        await _primary.KillAsync();
        await standby.StartAsync();
        await standby.PromoteAsync();
        var first = await AppendUntilDoneAsync(silo);
        Assert.Equal(Common + 1, first);
        await AppendAsync(silo, "after", After - 1);

        // However far the head is now.
        using (var refused = await silo.Client.GetAsync($"/streams/demo/events?after={lost}&toHead=true", Token))
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("cursor-of-another-life", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        var read = await silo.Client.GetStringAsync("/streams/demo/events?toHead=true", Token);
        Assert.DoesNotContain("lost-", read, StringComparison.Ordinal);
        Assert.Equal(Common + After, read.Split('\n').Count(line => line.StartsWith("id: ", StringComparison.Ordinal)));
        var (before, now) = (Cursor.Parse(lost), Cursor.Parse(await LastCursorAsync(silo)));
        Assert.NotEqual(before.Of(0)!.Value.Epoch, now.Of(0)!.Value.Epoch);

        // The consumer has handled what is gone, and waits for somebody who knows what that means.
        await ConsumerAsync(silo, part => part.GetProperty("state").GetString() == "stuck");
        await silo.Client.PostAsync("/consumers/demo/log-events/retry", content: null, Token);
        await ConsumerAsync(silo, part => part.GetProperty("state").GetString() == "stuck");
        await SetCursorAsync(silo, Common);
        await HandledAsync(silo, Common + After);
    }

    public ValueTask InitializeAsync() => _primary.InitializeAsync();

    public ValueTask DisposeAsync() => _primary.DisposeAsync();

    private static async Task AppendAsync(StockSilo silo, string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var answer = await TryAppendAsync(silo, string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"));
            answer.EnsureSuccessStatusCode();
        }
    }

    private static async Task<int> AppendUntilDoneAsync(StockSilo silo)
    {
        while (true)
        {
            using var answer = await TryAppendAsync(silo, "after");
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString()!;
                return int.Parse(id, CultureInfo.InvariantCulture);
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> TryAppendAsync(StockSilo silo, string name)
    {
        using var content = new StringContent($$"""{"type":1,"foreignId":"{{name}}"}""", Encoding.UTF8, "application/json");
        return await silo.Client.PostAsync("/streams/demo/events", content, Token);
    }

    /// <summary>The consumer's own record is older than what it knows of it, so that the first try may find that out only.</summary>
    private static async Task SetCursorAsync(StockSilo silo, int id)
    {
        var cursor = new { cursor = id.ToString(CultureInfo.InvariantCulture) };
        while (true)
        {
            using var answer = await silo.Client.PutAsJsonAsync("/consumers/demo/log-events/cursor", cursor, Token);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    private static async Task<string> LastCursorAsync(StockSilo silo)
    {
        var read = await silo.Client.GetStringAsync("/streams/demo/events?toHead=true", Token);
        return read.Split('\n').Last(line => line.StartsWith("id: ", StringComparison.Ordinal))["id: ".Length..];
    }

    /// <summary>Ends when the consumer's cursor is stored.</summary>
    private static async Task StoredAsync(string database, int id)
    {
        var question =
            $"select count(*) from reflex.state where state = 'cursor' and convert_from(payload, 'UTF8') like '%\"cursor\":{id},%'";
        while (await PostgresServer.ExecuteAsync(database, question) is not 1L)
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Ends when the consumer has handled an event.</summary>
    private static Task HandledAsync(StockSilo silo, int id) => ConsumerAsync(
        silo, part => part.GetProperty("cursor").GetString()?.Split('@')[0] == id.ToString(CultureInfo.InvariantCulture));

    private static async Task ConsumerAsync(StockSilo silo, Func<JsonElement, bool> isSo)
    {
        while (true)
        {
            using var answer = await silo.Client.GetAsync("/consumers/demo/log-events", Token);
            if (answer.StatusCode == HttpStatusCode.OK
                && isSo((await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("partitions")[0]))
            {
                return;
            }
        }
    }
}
