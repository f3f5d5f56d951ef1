using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

/// <summary>A PostgreSQL that goes away under load and comes back.</summary>
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private const int Appenders = 8;
    private const int EventsOfEach = 20;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);

    private readonly PostgresServer _server = new();
    private readonly ConcurrentBag<string> _acknowledged = [];
    private readonly ConcurrentBag<HttpStatusCode> _failures = [];
    private int _events;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_WhosePostgresIsAwayForAWhile_LosesNothingAndGoesOnByItself()
    {
        await using var silo = await StockSilo.StartAsync(
            null,
            "--Reflex:Storage=Postgres",
            $"--Reflex:Postgres:ConnectionString={await _server.CreateDatabaseAsync()}",
            "--Reflex:Streams:orders:Partitions=1");
        var readers = Enumerable.Range(0, 2).Select(_ => ReadAllAsync(silo)).ToList();
        await AppendAsync(silo, () => _acknowledged.Count >= Appenders * EventsOfEach);
        Assert.Empty(_failures);

        var away = new Stopwatch();
        var appending = AppendAsync(silo, () => away.Elapsed > Outage);
        await _server.KillAsync();
        away.Start();
        await appending;
        Assert.Equal([HttpStatusCode.ServiceUnavailable], _failures.Distinct());

        await _server.StartAsync();
        var before = _acknowledged.Count;
        await AppendAsync(silo, () => _acknowledged.Count >= before + (Appenders * EventsOfEach))
            .WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal([HttpStatusCode.ServiceUnavailable], _failures.Distinct());
        using var last = await AppendAsync(silo, "last");
        Assert.Equal(HttpStatusCode.Created, last.StatusCode);
        foreach (var reader in readers)
        {
            var read = await reader;
            Assert.Equal(read.Distinct(), read);
            Assert.Empty(_acknowledged.Except(read));
        }
    }

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Appends from several callers, events of a name of their own each, until something is so.</summary>
    private Task AppendAsync(StockSilo silo, Func<bool> until) => Task.WhenAll(Enumerable.Range(0, Appenders).Select(async _ =>
    {
        while (!until())
        {
            var name = Interlocked.Increment(ref _events).ToString(CultureInfo.InvariantCulture);
            using var answer = await AppendAsync(silo, name);
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                _acknowledged.Add(name);
            }
            else
            {
                _failures.Add(answer.StatusCode);
            }
        }
    }));

    private static async Task<HttpResponseMessage> AppendAsync(StockSilo silo, string name)
    {
        using var content = new StringContent($$"""{"type":1,"foreignId":"{{name}}"}""", Encoding.UTF8, "application/json");
        return await silo.Client.PostAsync("/streams/orders/events", content, Token);
    }

    /// <summary>Reads one stream all the time, until the last event.</summary>
    private static async Task<List<string>> ReadAllAsync(StockSilo silo)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/streams/orders/events");
        request.Headers.Add("Accept", "application/x-ndjson");
        using var answer = await silo.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        var read = new List<string>();
        while (await lines.ReadLineAsync(Token) is { } line)
        {
            if (line.Length > 0)
            {
                read.Add(JsonDocument.Parse(line).RootElement.GetProperty("foreignId").GetString()!);
            }

            if (read.Count > 0 && read[^1] == "last")
            {
                return read;
            }
        }

        throw new InvalidOperationException($"The stream has ended after {read.Count} events.");
    }
}
