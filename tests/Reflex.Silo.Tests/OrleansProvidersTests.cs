using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

/// <summary>Membership and state in a storage of Orleans', chosen by the settings alone, beside logs in PostgreSQL.</summary>
public sealed class OrleansProvidersTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Events = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cluster_WithMembershipAndStateInRedis_KeepsBothThere()
    {
        var database = await server.CreateDatabaseAsync();
        await using var redis = await RedisServer.StartAsync();
        await TryAsync(
            database,
            "--Orleans:Clustering:ProviderType=Redis",
            $"--Orleans:Clustering:ConnectionString={redis.ConnectionString}",
            "--Orleans:GrainStorage:reflex:ProviderType=Redis",
            $"--Orleans:GrainStorage:reflex:ConnectionString={redis.ConnectionString}");
        Assert.InRange(await redis.CountAsync(), 3, int.MaxValue);
    }

    [Fact]
    public async Task Cluster_WithMembershipAndStateThroughAdoNet_KeepsBothThere()
    {
        var database = await server.CreateDatabaseAsync();
        var other = await server.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(
            other, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Support", "orleans-adonet.sql"), Token));
        await TryAsync(
            database,
            "--Orleans:Clustering:ProviderType=AdoNet",
            "--Orleans:Clustering:Invariant=Npgsql",
            $"--Orleans:Clustering:ConnectionString={other}",
            "--Orleans:GrainStorage:reflex:ProviderType=AdoNet",
            "--Orleans:GrainStorage:reflex:Invariant=Npgsql",
            $"--Orleans:GrainStorage:reflex:ConnectionString={other}");
        Assert.Equal(2L, await PostgresServer.ExecuteAsync(other, "select count(*) from members"));
        Assert.InRange((long)(await PostgresServer.ExecuteAsync(other, "select count(*) from states"))!, 2, int.MaxValue);
    }

    /// <summary>Two silos share what they know, and stop in order.</summary>
    private static async Task TryAsync(string database, params string[] settings)
    {
        settings =
        [
            "--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={database}", "--Reflex:Demo=true",
            "--Reflex:Streams:demo:Partitions=4", "--Orleans:Endpoints:AdvertisedIPAddress=127.0.0.1", .. settings,
        ];
        await using (var one = await StockSilo.StartAsync(null, settings))
        {
            await using var other = await StockSilo.StartAsync(null, settings);
            for (var i = 0; i < Events; i++)
            {
                using var answer = await (i % 2 == 0 ? one : other).Client.PostAsJsonAsync(
                    "/streams/demo/events", new { type = 1, foreignId = $"order-{i}" }, Token);
                Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            }

            await HandledAsync(other);
            Assert.Equal(0, await one.Process.TerminateAsync());
            Assert.Equal(0, await other.Process.TerminateAsync());
        }

        Assert.Equal(0L, await PostgresServer.ExecuteAsync(database, "select count(*) from reflex.silos"));
        Assert.Equal(0L, await PostgresServer.ExecuteAsync(database, "select count(*) from reflex.state"));
    }

    /// <summary>Ends when the consumer has handled all events.</summary>
    private static async Task HandledAsync(StockSilo silo)
    {
        while (true)
        {
            using var answer = await silo.Client.GetAsync("/consumers/demo/log-events", Token);
            if (answer.StatusCode == HttpStatusCode.OK
                && (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("lagEvents").GetInt64() == 0)
            {
                return;
            }
        }
    }
}
