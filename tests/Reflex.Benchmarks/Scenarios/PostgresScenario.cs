using System.Diagnostics;
using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;
using Reflex.Streams;

namespace Reflex.Benchmarks.Scenarios;

/// <remarks>
/// One silo, its clients in this process, and everybody's PostgreSQL on the same machine, a database for each. The peers are what an
/// application would do with its PostgreSQL otherwise.
/// </remarks>
internal sealed class PostgresScenario : IScenario
{
    private const int Partitions = 16;
    private const int Callers = 64;
    private const int InFlight = 4096;
    private const int ListCallers = 4;
    private const int ListCount = 1000;
    private const int Count = 1_000_000;
    private const int IdlePartitions = 1000;

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private static readonly int[] OpenedEvents = [0, 10_000, 10_000_000];

    public string Name => "postgres";

    public string Description => "logs in PostgreSQL beside plain inserts and Marten; at least five minutes, whatever --seconds says";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        if (PostgresProcess.Binaries is null)
        {
            Report.LeaveOut(Name, "PostgreSQL isn't installed (Debian: postgresql)");
            return;
        }

        await Disk.MeasureAsync(run.Report, run.Folder, cancellationToken);
        await using var server = await PostgresProcess.StartAsync(run.CreateFolder(), cancellationToken);
        await using var plain = await PlainInserts.StartAsync(
            await server.CreateDatabaseAsync("plain", cancellationToken), cancellationToken);
        await using var marten = await MartenPeer.StartAsync(await server.CreateDatabaseAsync("marten", cancellationToken));
        await using (var silo = await StartAsync(run, server, "ours", cancellationToken))
        {
            await MeasureAppendsAsync(run, silo, [plain, marten], cancellationToken);
            await MeasureListsAsync(run, silo, marten, cancellationToken);
            await MeasureCostAsync(run, server, silo, cancellationToken);
            await ReadScenario.MeasureAsync(
                run, "read from the first event of a log in PostgreSQL, in another process", [new PostgresReflex(silo, 1)], Count,
                cancellationToken);
        }

        await MeasureIdleAsync(run, server, cancellationToken);
        await MeasureOpeningAsync(run, server, plain, cancellationToken);
    }

    private static async Task<MeasuredSilo> StartAsync(
        Run run, PostgresProcess server, string database, CancellationToken cancellationToken, params StreamPlan[] streams) =>
        await MeasuredSilo.StartAsync(
            run.CreateFolder(),
            new SiloPlan { Postgres = await server.CreateDatabaseAsync(database, cancellationToken), Streams = streams },
            cancellationToken);

    private static async Task MeasureAppendsAsync(
        Run run, MeasuredSilo silo, IMeasuredSystem[] peers, CancellationToken cancellationToken)
    {
        var one = new PostgresReflex(silo, 1);
        var many = new PostgresReflex(silo, Partitions);
        await MeasureRatesAsync($"append, {Callers} callers waiting, one partition", one, Callers);
        await MeasureRatesAsync($"append, {Callers} callers waiting, {Partitions} partitions", many, Callers);
        await MeasureRatesAsync($"append, {InFlight} in flight, {Partitions} partitions", many, InFlight);

        var latencies = new Dictionary<IMeasuredSystem, List<TimeSpan>>();
        foreach (var system in new[] { one, peers[0] })
        {
            var stream = await system.CreateStreamAsync("latencies", cancellationToken);
            var times = latencies[system] = [];
            await Appending.CallersAsync(stream, Callers, run.WarmUp, null, cancellationToken);
            await Appending.CallersAsync(stream, Callers, run.Duration, times, cancellationToken);
            run.Report.AddLatencies(system.Name, $"append, {Callers} callers waiting", times);
        }

        run.Report.AddRatio(
            $"append, {Callers} callers waiting, p99",
            $"p50 of {peers[0].Name}",
            Report.At(latencies[one], 0.99).TotalMicroseconds,
            Report.At(latencies[peers[0]], 0.5).TotalMicroseconds);

        // The peers have no more in flight than connections, which are as many as the callers.
        async Task MeasureRatesAsync(string name, IMeasuredSystem ours, int callers) => run.Report.AddRates(name, await Rounds.MeasureAsync(
            run,
            name,
            [ours, .. peers],
            (stream, duration) => Appending.CallersAsync(
                stream, stream is ReflexStream ? callers : Callers, duration, null, cancellationToken),
            cancellationToken));
    }

    private static async Task MeasureListsAsync(Run run, MeasuredSilo silo, IMeasuredSystem marten, CancellationToken cancellationToken)
    {
        var name = $"append, {ListCallers} callers with lists of {ListCount}";
        run.Report.AddRates(name, await Rounds.MeasureAsync(
            run,
            name,
            [new PostgresReflex(silo, ListCallers), marten],
            (stream, duration) => Appending.WaitingListsAsync(stream, ListCallers, ListCount, duration, cancellationToken),
            cancellationToken));
    }

    private static async Task MeasureCostAsync(Run run, PostgresProcess server, MeasuredSilo silo, CancellationToken cancellationToken)
    {
        const string Written = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn";
        var stream = await new PostgresReflex(silo, Partitions).CreateStreamAsync("cost", cancellationToken);
        await Appending.CallersAsync(stream, InFlight, run.WarmUp, null, cancellationToken);
        var (processor, written) = (server.Processor(), await server.AskAsync(Written, cancellationToken));
        var rate = await Appending.CallersAsync(stream, InFlight, run.Duration, null, cancellationToken);
        var events = rate * run.Duration.TotalSeconds;
        var bytes = await server.AskAsync(Written, cancellationToken) - written;
        run.Report.Add(
            PostgresReflex.SystemName, $"PostgreSQL's processor for an event, {InFlight} in flight",
            (server.Processor() - processor).TotalMicroseconds / events, "us");
        run.Report.Add(PostgresReflex.SystemName, $"PostgreSQL's log for an event, {InFlight} in flight", bytes / events, "bytes");
        run.Report.AddRatio($"PostgreSQL's log for an event, {InFlight} in flight", "the event's bytes", bytes / events, Workload.Size);
    }

    private static async Task MeasureIdleAsync(Run run, PostgresProcess server, CancellationToken cancellationToken)
    {
        const string Database = "idle";
        const string Statements = $"select xact_commit + xact_rollback from pg_stat_database where datname = '{Database}'";
        await using var silo = await StartAsync(
            run, server, Database, cancellationToken, new StreamPlan("idle", IdlePartitions, Consumers: 1));
        await silo.Reflex.GetStream("idle").GetStatusAsync(cancellationToken);
        Report.Progress($"{Idle.TotalSeconds} s with {IdlePartitions} idle partitions");
        await Idling.WaitAsync(Idle, cancellationToken);
        var before = await server.AskAsync(Statements, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await Idling.WaitAsync(Idle, cancellationToken);
        var statements = await server.AskAsync(Statements, cancellationToken) - before;
        run.Report.Add(
            PostgresReflex.SystemName, $"{IdlePartitions} idle partitions with a consumer each",
            statements / Stopwatch.GetElapsedTime(started).TotalSeconds, "transactions/s");
    }

    private static async Task MeasureOpeningAsync(
        Run run, PostgresProcess server, IMeasuredSystem plain, CancellationToken cancellationToken)
    {
        const int Openings = 50;
        var insert = await plain.CreateStreamAsync("one", cancellationToken);
        await using var logs = await StoredLogs.StartPostgresAsync(
            await server.CreateDatabaseAsync("opening", cancellationToken), cancellationToken);
        var medians = new List<double>();
        foreach (var events in OpenedEvents)
        {
            Report.Progress($"opening: {events} events are appended");
            var partition = new PartitionId($"opening-{events}", 0);
            await using (var log = await logs.OpenAsync(partition, cancellationToken))
            {
                await Appending.FillAsync(new LogStream(log), events, cancellationToken);
            }

            var (inserts, openings) = (new List<TimeSpan>(), new List<TimeSpan>());
            for (var i = 0; i < Openings; i++)
            {
                var started = Stopwatch.GetTimestamp();
                await insert.AppendAsync(Workload.Event(i));
                inserts.Add(Stopwatch.GetElapsedTime(started));
                started = Stopwatch.GetTimestamp();
                var log = await logs.OpenAsync(partition, cancellationToken);
                openings.Add(Stopwatch.GetElapsedTime(started));
                await log.DisposeAsync();
            }

            medians.Add(Report.At(openings, 0.5).TotalMicroseconds);
            run.Report.AddLatencies(PostgresReflex.SystemName, $"open a partition of {events} events", openings);
            run.Report.AddRatio(
                $"open a partition of {events} events, p50", "a plain insert", medians[^1], Report.At(inserts, 0.5).TotalMicroseconds);
        }

        run.Report.AddRatio($"open a partition of {OpenedEvents[^1]} events, p50", $"{OpenedEvents[0]}", medians[^1], medians[0]);
    }
}
