using System.Diagnostics;
using System.Net;
using System.Text;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

/// <summary>Silos that share one PostgreSQL and nothing else.</summary>
public sealed class ClusterTests : IClassFixture<PostgresServer>
{
    private const int Events = 20;
    private readonly PostgresServer _server;

    public ClusterTests(PostgresServer server) => _server = server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cluster_OfWhichOneSiloIsKilled_ServesWhatWasAcknowledgedAndGoesOn()
    {
        string[] settings =
        [
            "--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={await _server.CreateDatabaseAsync()}",
            "--Reflex:Streams:orders:Partitions=8",
        ];
        await using var killed = await StockSilo.StartAsync(settings: settings);
        await using var other = await StockSilo.StartAsync(settings: settings);
        await other.Process.PrintsAsync("PostgreSQL at 127.0.0.1, database ");
        await other.Process.PrintsAsync("one of 2 silos of the cluster default, service default, at 127.0.0.1:");
        for (var i = 0; i < Events; i++)
        {
            Assert.Equal(HttpStatusCode.Created, await AppendAsync(i % 2 == 0 ? killed : other, i));
        }

        killed.Process.Signal("KILL");
        await ServesAllAsync(other, "SIGKILL");

        var read = await other.Client.GetStringAsync("/streams/orders/events?toHead=true", Token);
        foreach (var i in Enumerable.Range(0, 2 * Events))
        {
            Assert.Contains($"\"foreignId\":\"order-{i}\"", read, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Silo_ThatStandsStillForLongerThanTheClusterWaits_IsReplacedAndEndsWhenItGoesOn()
    {
        string[] settings =
        [
            "--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={await _server.CreateDatabaseAsync()}",
            "--Reflex:Streams:orders:Partitions=8",
        ];
        await using var stopped = await StockSilo.StartAsync(settings: settings);
        await using var other = await StockSilo.StartAsync(settings: settings);
        for (var i = 0; i < Events; i++)
        {
            Assert.Equal(HttpStatusCode.Created, await AppendAsync(i % 2 == 0 ? stopped : other, i));
        }

        stopped.Process.Signal("STOP");
        await ServesAllAsync(other, "SIGSTOP");

        var goesOn = Stopwatch.StartNew();
        stopped.Process.Signal("CONT");
        Assert.Equal(3, await stopped.Process.EndsAsync());
        Print($"ended {goesOn.ElapsedMilliseconds} ms after SIGCONT");
        Assert.Contains("Reflex ends at once, and has to be started again: I have been told I am dead", stopped.Process.Errors);
    }

    [Fact]
    public async Task Silo_ThatJoinsAndOneThatStopsInOrder_CostNoAppend()
    {
        string[] settings =
        [
            "--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={await _server.CreateDatabaseAsync()}",
            "--Reflex:Streams:orders:Partitions=16",
        ];
        await using var stops = await StockSilo.StartAsync(settings: settings);
        var (first, _) = await AppendUntilAsync(stops, new CancellationToken(canceled: true), least: 100);
        await using var stays = await StockSilo.StartAsync(settings: settings);
        using var enough = new CancellationTokenSource();
        var appending = AppendUntilAsync(stays, enough.Token, least: 1);
        await Task.WhenAny(stops.Process.PrintsAsync("to others that had fewer"), stays.Process.PrintsAsync("to others that had fewer"));

        Assert.Equal(0, await stops.Process.TerminateAsync());

        Assert.Contains("consumers go on in 1 others", stops.Process.Printed, StringComparison.Ordinal);
        await enough.CancelAsync();
        var (count, longest) = await appending;
        Print($"appended {count} events, the slowest in {longest.TotalMilliseconds:F0} ms");
        var read = await stays.Client.GetStringAsync("/streams/orders/events?toHead=true", Token);
        Assert.Equal(first + count, read.Split("\"foreignId\"").Length - 1);
    }

    [Fact]
    public async Task Start_OnADatabaseThatIsNotThere_IsRefusedInASentence()
    {
        await _server.CreateDatabaseAsync();
        await using var silo = StockSilo.Launch(
            settings: ["--Reflex:Storage=Postgres", "--Reflex:Postgres:ConnectionString=Host=127.0.0.1;Port=1;Password=secret"]);
        Assert.Equal(1, await silo.Process.EndsAsync());
        Assert.Contains("Reflex can't start: PostgreSQL can't be used: ", silo.Process.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", silo.Process.Printed, StringComparison.Ordinal);
    }

    /// <summary>Appends to every partition until that works, and tells how long it took.</summary>
    private static async Task ServesAllAsync(StockSilo silo, string since)
    {
        var elapsed = Stopwatch.StartNew();
        for (var i = Events; i < 2 * Events; i++)
        {
            while (await AppendAsync(silo, i) is var status && status != HttpStatusCode.Created)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            }
        }

        Print($"served everything {elapsed.ElapsedMilliseconds} ms after {since}");
    }

    /// <summary>Appends one after another, of which none may fail; answers how many, and how long the slowest took.</summary>
    private static async Task<(int Count, TimeSpan Longest)> AppendUntilAsync(StockSilo silo, CancellationToken enough, int least)
    {
        var (count, longest) = (0, TimeSpan.Zero);
        while (count < least || !enough.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            Assert.Equal(HttpStatusCode.Created, await AppendAsync(silo, count));
            var elapsed = Stopwatch.GetElapsedTime(started);
            (count, longest) = (count + 1, elapsed > longest ? elapsed : longest);
        }

        return (count, longest);
    }

    private static void Print(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);

    private static async Task<HttpStatusCode> AppendAsync(StockSilo silo, int number)
    {
        using var content = new StringContent($$"""{"type":1,"foreignId":"order-{{number}}"}""", Encoding.UTF8, "application/json");
        using var response = await silo.Client.PostAsync("/streams/orders/events", content, Token);
        return response.StatusCode;
    }
}
