using System.Text;
using System.Text.Json;
using Reflex.Cli.Tests.Support;
using Reflex.Cursors;
using Reflex.Grpc;
using Reflex.Silo.Tests.Support;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Cli.Tests;

/// <summary>Moves a silo's house: from its folder to a PostgreSQL, and back.</summary>
public sealed class CopyTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copy_ToAClusterAndBack_LetsEveryConsumerGoOnWhereItWas()
    {
        var database = await server.CreateDatabaseAsync();
        string[] cluster = ["--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={database}"];
        string folder;
        string[] held;
        await using (var silo = await StockSilo.StartAsync())
        {
            folder = Path.Combine(silo.Folder, "data");
            await FillAsync(silo);
            await DataFolders.HandledAsync(silo, 3);
            held = await HeldAsync(silo);
            var refused = (await Tool.RunAsync("copy", "--from", folder, "--to", database)).Sentence(ExitCodes.Misused);
            Assert.Contains($"The data folder {folder} is in use by process ", refused, StringComparison.Ordinal);
            Assert.Equal(0, await silo.Process.TerminateAsync());
        }

        var done = (await Tool.RunAsync("copy", "--from", folder, "--to", database)).Done();
        Assert.Contains("Copied 43 events of 4 partitions (43 of them now)", done, StringComparison.Ordinal);
        Assert.Contains("1 deleted logs", done, StringComparison.Ordinal);
        await using (var silo = await StockSilo.StartAsync(settings: cluster))
        {
            await GoesOnAsync(silo, held);
            held = await HeldAsync(silo);
            var refused = (await Tool.RunAsync("copy", "--from", database, "--to", $"{folder}-2")).Sentence(ExitCodes.Misused);
            Assert.Contains(" of the cluster 'default' uses the schema reflex ", refused, StringComparison.Ordinal);
            Assert.Equal(0, await silo.Process.TerminateAsync());
        }

        var back = Path.Combine(Directory.CreateTempSubdirectory("reflex-back-").FullName, "data");
        var json = JsonElement.Parse((await Tool.RunAsync("copy", "--from", database, "--to", back, "--json")).Done());
        Assert.Equal((45, 5), (json.GetProperty("events").GetInt64(), json.GetProperty("partitions").GetInt32()));
        Assert.Contains("Sound: 45 events", (await Tool.RunAsync("verify", back)).Done(), StringComparison.Ordinal);
        await using (var silo = await StockSilo.StartAsync(settings: $"--Reflex:DataPath={back}"))
        {
            Assert.Equal(held, await HeldAsync(silo));
            await DataFolders.AppendAsync(silo, 1);
            await DataFolders.HandledAsync(silo, 5);
        }
    }

    [Fact]
    public async Task Copy_ThatFollowsASilo_SaysWhenToStopItAndHasAllOfIt()
    {
        var database = await server.CreateDatabaseAsync();
        await using var silo = await StockSilo.StartAsync();
        await FillAsync(silo);
        await using var copy = Running.Program("src/Reflex.Cli", silo.Folder, "copy", "--from", "data", "--to", database, "--follow");
        await copy.PrintsAsync("stop the silos of the source now");
        await AppendAsync(silo, "orders", 50);
        await DataFolders.AppendAsync(silo, 1);
        await DataFolders.HandledAsync(silo, 4);
        var held = await HeldAsync(silo);
        Assert.Equal(0, await silo.Process.TerminateAsync());
        Assert.Equal(0, await copy.EndsAsync());
        Assert.Contains("Copied 94 events of 4 partitions", copy.Printed, StringComparison.Ordinal);
        await using var cluster = await StockSilo.StartAsync(
            settings: ["--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={database}"]);
        Assert.Equal(held, await HeldAsync(cluster));
    }

    [Fact]
    public async Task Copy_ThatIsKilled_IsFinishedByTheNext()
    {
        var database = await server.CreateDatabaseAsync();
        string folder;
        await using (var silo = await StockSilo.StartAsync())
        {
            folder = Path.Combine(silo.Folder, "data");
            (await Tool.RunAsync("streams", "create", "orders", "--partitions", "8", "--server", silo.GrpcUrl)).Done();
            await AppendAsync(silo, "orders", 40_000);
            Assert.Equal(0, await silo.Process.TerminateAsync());
        }

        await using (var copy = Running.Program("src/Reflex.Cli", folder, "copy", "--from", folder, "--to", database))
        {
            // As soon as something is there, and long before all is.
            const string Heads = "select count(*) from reflex.partitions where head > 0";
            while (await PostgresServer.ExecuteAsync(database, "select to_regclass('reflex.partitions')::text") is not string
                || (long)(await PostgresServer.ExecuteAsync(database, Heads))! == 0)
            {
            }

            copy.Signal("KILL");
            Assert.NotEqual(0, await copy.EndsAsync());
        }

        await using (var early = StockSilo.Launch(
            settings: ["--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={database}"]))
        {
            Assert.Equal(1, await early.Process.EndsAsync());
            Assert.Contains("is a copy that isn't finished", early.Process.Printed, StringComparison.Ordinal);
        }

        var json = JsonElement.Parse((await Tool.RunAsync("copy", "--from", folder, "--to", database, "--json")).Done());
        Assert.Equal(40_000, json.GetProperty("events").GetInt64());
        Assert.InRange(json.GetProperty("imported").GetInt64(), 1, 39_999);
        Assert.True(json.GetProperty("isVerified").GetBoolean());
    }

    [Theory]
    [InlineData("Option '--to' is required", "--from", "data")]
    [InlineData("The storage 'postgres://…' is an address", "--from", "data", "--to", "postgres://db/reflex")]
    [InlineData("There is no data folder", "--from", "nowhere", "--to", "elsewhere")]
    [InlineData("The data folder data has no schema", "--from", "data", "--from-schema", "reflex", "--to", "elsewhere")]
    [InlineData("ConnectionString names no host", "--from", "Database=reflex", "--to", "elsewhere")]
    [InlineData("The source and the target are the same storage", "--from", "data", "--to", "./data/")]
    public async Task Copy_OfWhatCannotBe_IsRefused(string expected, params string[] options) => Assert.Contains(
        expected, (await Tool.RunAsync(["copy", .. options])).Sentence(ExitCodes.Misused), StringComparison.Ordinal);

    /// <summary>Three events for the consumer of the cluster, forty for one outside, and a stream that is deleted.</summary>
    private static async Task FillAsync(StockSilo silo)
    {
        await DataFolders.AppendAsync(silo, 3);
        string[] at = ["--server", silo.GrpcUrl];
        (await Tool.RunAsync(["streams", "create", "orders", "--partitions", "3", .. at])).Done();
        (await Tool.RunAsync(["streams", "create", "gone", .. at])).Done();
        await AppendAsync(silo, "orders", 40);
        await AppendAsync(silo, "gone", 7);
        (await Tool.RunAsync(["streams", "delete", "gone", "--yes", .. at])).Done();
        using var client = new ReflexGrpcClient(new Uri(silo.GrpcUrl));
        Cursor? cursor = null;
        await foreach (var one in client.GetStream("orders").StreamAsync("", Token))
        {
            cursor = one.Cursor;
            if (one.Id.Value == 5)
            {
                break;
            }
        }

        await using var session = await client.OpenSessionAsync("orders", null, "mailer", Token);
        await session.AcknowledgeAsync(cursor!.Value, Token);
    }

    private static async Task AppendAsync(StockSilo silo, string stream, int count)
    {
        var lines = string.Join('\n', Enumerable.Range(0, count).Select(
            number => $$"""{"type":1,"foreignId":"order-{{number}}","metadata":"{{number:d100}}"}"""));
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        (await silo.Client.PostAsync($"/streams/{stream}/events", content, Token)).EnsureSuccessStatusCode();
    }

    /// <summary>What must be the same after a move: definitions, heads, and the cursors of both kinds of consumers.</summary>
    private static async Task<string[]> HeldAsync(StockSilo silo)
    {
        string[] at = ["--server", silo.GrpcUrl, "--json"];
        using var client = new ReflexGrpcClient(new Uri(silo.GrpcUrl));
        return
        [
            (await Tool.RunAsync(["streams", "list", .. at])).Done(),
            string.Join(' ', await client.ListConsumersAsync(Token)),
            await CursorsAsync("demo", "log-events"),
            await CursorsAsync("orders", "mailer"),
            await EventsAsync("orders", 0),
            await EventsAsync("orders", 1),
            await EventsAsync("orders", 2),
            await EventsAsync("demo", 0),
        ];

        async Task<string> CursorsAsync(string stream, string consumer) => string.Join(
            ' ',
            JsonElement.Parse((await Tool.RunAsync(["consumers", "status", stream, consumer, .. at])).Done()).EnumerateArray()
                .Select(partition => partition.GetProperty("cursor").GetString()));

        async Task<string> EventsAsync(string stream, int partition) =>
            (await Tool.RunAsync(["stream", stream, "--partition", $"{partition}", "--to-head", .. at])).Done();
    }

    private static async Task GoesOnAsync(StockSilo silo, string[] held)
    {
        Assert.Equal(held, await HeldAsync(silo));
        await DataFolders.AppendAsync(silo, 1);
        await DataFolders.HandledAsync(silo, 4);
        Assert.Equal(1, silo.Process.Printed.Split("Saw event").Length - 1);
        string[] at = ["--server", silo.GrpcUrl];
        (await Tool.RunAsync(["streams", "create", "gone", .. at])).Done();
        await AppendAsync(silo, "gone", 1);
        var gone = JsonElement.Parse((await Tool.RunAsync(["streams", "describe", "gone", "--json", .. at])).Done());
        Assert.Equal(8, gone.GetProperty("partitions")[0].GetProperty("head").GetInt64());
    }
}
