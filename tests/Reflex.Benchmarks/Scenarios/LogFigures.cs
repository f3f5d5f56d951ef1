using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Reporting;

namespace Reflex.Benchmarks.Scenarios;

/// <summary>The figures of logs in this process, without Orleans.</summary>
internal static class LogFigures
{
    private const int Callers = 512;
    private const int ListCount = 256;
    private const string Alone = "log alone, in process";

    public static async Task MeasureAppendsAsync(Run run, bool withOurs, CancellationToken cancellationToken)
    {
        await using var logs = await MeasuredSystems.StartLogsAsync(run, withOurs, cancellationToken);
        var name = $"{Alone}, {Callers} in flight";
        await MeasureRateAsync(name, (stream, duration) => Appending.CallersAsync(stream, Callers, duration, null, cancellationToken));
        foreach (var system in logs.All)
        {
            Report.Progress($"{name}: {system.Name}, latencies");
            var stream = await system.CreateStreamAsync("latencies", cancellationToken);
            await Appending.CallersAsync(stream, Callers, run.WarmUp / 2, null, cancellationToken);
            var latencies = new List<TimeSpan>();
            await Appending.CallersAsync(stream, Callers, run.Duration / 2, latencies, cancellationToken);
            run.Report.AddLatencies(system.Name, name, latencies);
        }

        await MeasureRateAsync(
            $"{Alone}, lists of {ListCount}", (stream, duration) => Appending.ListsAsync(stream, ListCount, duration, cancellationToken));

        async Task MeasureRateAsync(string figure, Func<IMeasuredStream, TimeSpan, Task<double>> measure) =>
            run.Report.AddRates(figure, await Rounds.MeasureAsync(run, figure, logs.All, measure, cancellationToken));
    }

    /// <param name="run">The run.</param>
    /// <param name="withOurs">Whether ours is measured too.</param>
    /// <param name="count">How many events are read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task MeasureReadsAsync(Run run, bool withOurs, int count, CancellationToken cancellationToken)
    {
        await using var logs = await MeasuredSystems.StartLogsAsync(run, withOurs, cancellationToken);
        await ReadScenario.MeasureAsync(
            run, $"{Alone}, read from the first event", logs.All.Where(log => log.IsFlushed), count, cancellationToken);
    }
}
