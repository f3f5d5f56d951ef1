using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Reflex.Crash.Tests;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int Partitions = 2;

    // How long a consumer goes on before its cursor is stored; after a kill no more than the events of this time come again.
    private const int FlushWindowMilliseconds = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // REFLEX_CRASH_KILLS and REFLEX_CRASH_SEED make it a soak, and repeat one.
    private static int Kills => int.Parse(Environment.GetEnvironmentVariable("REFLEX_CRASH_KILLS") ?? "20");

    [Fact]
    public async Task Kill_DuringAppends_LosesDoublesAndReordersNothing()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("REFLEX_CRASH_SEED") ?? $"{Random.Shared.Next()}");
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var folder = Directory.CreateTempSubdirectory("reflex-crash-").FullName;
        var acknowledged = new Acknowledged();
        var recoveries = new List<TimeSpan>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var started = Stopwatch.GetTimestamp();
            using var silo = await KilledSilo.StartAsync(folder, Token);
            recoveries.Add(Stopwatch.GetElapsedTime(started));
            await acknowledged.AppendUntilKilledAsync(silo.Client, callers: 8, calling: random.Next(1, 1_000), silo.KillAsync);
        }

        using var last = await KilledSilo.StartAsync(folder, Token);
        var log = await ReadLogAsync(last.Client);
        await ConsumedAsync(last.Client);
        await last.KillAsync();

        VerifyLog(log, acknowledged);
        var redelivered = VerifyHandled(folder, log);
        recoveries.Sort();
        output.WriteLine(
            $"kills {Kills}, acknowledged {acknowledged.Events.Count}, in the log {log.Sum(events => events.Count)}, redelivered per kill: "
            + $"{string.Join(' ', redelivered)}; start to ready p50 {recoveries[recoveries.Count / 2].TotalMilliseconds:F0} ms, "
            + $"p99 {recoveries[recoveries.Count * 99 / 100].TotalMilliseconds:F0} ms");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<List<List<string>>> ReadLogAsync(HttpClient client)
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

    private static async Task ConsumedAsync(HttpClient client)
    {
        while ((await client.GetFromJsonAsync<JsonElement>("/consumers/orders/noter", Token)).GetProperty("lagEvents").GetInt64() > 0)
        {
            await Task.Yield();
        }
    }

    private static void VerifyLog(List<List<string>> log, Acknowledged acknowledged)
    {
        Assert.Equal(log.Sum(events => events.Count), log.SelectMany(events => events).Distinct().Count());
        foreach (var (foreignId, (partition, id)) in acknowledged.Events)
        {
            var head = log[partition].Count;
            Assert.True(id <= head, $"{foreignId} was acknowledged as {partition}/{id}, behind the head {head}.");
            Assert.Equal(foreignId, log[partition][(int)id - 1]);
        }
    }

    /// <summary>Verifies the order in which each silo's consumer handled events; answers how many came again after each kill.</summary>
    private static List<int> VerifyHandled(string folder, List<List<string>> log)
    {
        var redelivered = new List<int>();
        var handled = File.ReadLines(KilledSilo.HandledPath(folder))
            .Select(line => line.Split(' '))
            .Where(fields => fields.Length == 4)
            .Select(fields => fields.Select(long.Parse).ToArray())
            .Select(fields => (Process: fields[0], Partition: (int)fields[1], Id: fields[2], At: fields[3]))
            .ToLookup(line => line.Partition);
        for (var partition = 0; partition < Partitions; partition++)
        {
            var before = new List<(long Process, int Partition, long Id, long At)>();
            foreach (var line in handled[partition])
            {
                var highest = before.Count == 0 ? 0 : before[^1].Id;
                if (before.Count == 0 || line.Process == before[^1].Process)
                {
                    Assert.Equal(highest + 1, line.Id);
                }
                else
                {
                    Assert.InRange(line.Id, 1, highest + 1);
                    var again = before.Where(earlier => earlier.Id >= line.Id).ToList();
                    redelivered.Add(again.Count);

                    // An event is noted before it is handled and the cursor moves behind it, with any pause between them: so
                    // the first one's move came before the second was noted, and the last one began after the one before moved.
                    Assert.True(
                        again.Count < 4 || again[^2].At - again[1].At <= FlushWindowMilliseconds + 1,
                        $"{again.Count} events came again from {partition}/{line.Id} on, handled over more than the flush window.");
                    before.Clear();
                }

                before.Add(line);
            }

            Assert.Equal(log[partition].Count, before.Count == 0 ? 0 : before[^1].Id);
        }

        return redelivered;
    }
}
