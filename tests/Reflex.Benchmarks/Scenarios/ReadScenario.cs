using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;
using Reflex.Cursors;

namespace Reflex.Benchmarks.Scenarios;

internal sealed class ReadScenario : IScenario
{
    private const int Count = 1_000_000;

    public string Name => "read";

    public string Description => "events read per second: in another process, by a consumer grain, and from the log alone";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        await MeasureAsync(run, withOurs: true, cancellationToken);
        await LogFigures.MeasureReadsAsync(run, withOurs: true, Count, cancellationToken);
    }

    internal static async Task MeasureAsync(Run run, bool withOurs, CancellationToken cancellationToken)
    {
        await using var systems = await MeasuredSystems.StartAsync(run, withOurs, cancellationToken);
        foreach (var system in systems.All.Where(system => !system.IsLog))
        {
            Report.LeaveOut(system.Name, "it has nothing to read back");
        }

        // When events were flushed once makes no difference to reading them; ours are read as they are by default.
        var stored = systems.All.Where(system => system.IsLog && (!system.IsOurs || system.IsFlushed));
        await MeasureAsync(run, "read from the first event, in another process", stored, Count, cancellationToken);
        if (systems.All.OfType<ReflexSystem>().FirstOrDefault(system => system.IsFlushed) is { } ours)
        {
            await MeasureConsumerAsync(run, ours, cancellationToken);
        }
    }

    /// <summary>Reads the same events from each system. The first reading, which warms up, also has to find them right.</summary>
    internal static async Task MeasureAsync(
        Run run, string name, IEnumerable<IMeasuredSystem> systems, int count, CancellationToken cancellationToken)
    {
        var filled = new Dictionary<IMeasuredStream, IMeasuredSystem>();
        foreach (var system in systems)
        {
            Report.Progress($"{name}: {system.Name}, {count} events are appended");
            var stream = await system.CreateStreamAsync("read", cancellationToken);
            await Appending.FillAsync(stream, count, cancellationToken);
            filled.Add(stream, system);
        }

        var rates = await Rounds.MeasureAsync(
            run,
            name,
            [.. filled.Keys],
            stream => filled[stream].Name,
            (stream, _) => Reading.FromFirstAsync(stream, count, cancellationToken));
        run.Report.AddRates(name, [.. filled.Values.Zip(rates)], isAnyPromiseEqual: true);
    }

    private static async Task MeasureConsumerAsync(Run run, ReflexSystem ours, CancellationToken cancellationToken)
    {
        const string Figure = "read by a consumer grain with empty logic";
        var control = ours.Silo.Reflex.GetConsumer(MeasuredStreams.Consumed, MeasuredStreams.Counter);
        var counter = ours.Silo.GetConsumer<ICountingGrain>(MeasuredStreams.Consumed, MeasuredStreams.Counter);
        await control.StopAsync(cancellationToken);
        var stream = new ReflexStream(ours.Silo.Reflex.GetStream(MeasuredStreams.Consumed));
        await Appending.FillAsync(stream, Count, cancellationToken);
        var rates = await Rounds.MeasureAsync(run, Figure, [ours], system => system.Name, async (_, _) =>
        {
            await control.StopAsync(cancellationToken);
            await control.SetCursorAsync(Cursor.Empty, cancellationToken);
            var measured = counter.MeasureAsync(Count);
            await control.StartAsync(cancellationToken);
            return Count / (await measured).TotalSeconds;
        });
        run.Report.Add(ours.Name, Figure, rates[0], Report.EventsPerSecond);
    }
}
