using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;

namespace Reflex.Benchmarks.Scenarios;

internal sealed class AppendScenario : IScenario
{
    private const int InFlight = 4096;

    public string Name => "append";

    public string Description => "events appended per second, from a process of their own and by the log alone";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        await Disk.MeasureAsync(run.Report, run.Folder, cancellationToken);
        await MeasureAsync(run, withOurs: true, cancellationToken);
        await LogFigures.MeasureAppendsAsync(run, withOurs: true, cancellationToken);
    }

    internal static async Task MeasureAsync(Run run, bool withOurs, CancellationToken cancellationToken)
    {
        await using var systems = await MeasuredSystems.StartAsync(run, withOurs, cancellationToken);
        const string OneAtATime = "append, one at a time";
        var rates = await Rounds.MeasureAsync(
            run, OneAtATime, systems.All, (stream, duration) => Callers(stream, 1, duration), cancellationToken);
        run.Report.AddTimes(OneAtATime, [.. rates.Select(rate => (rate.System, TimeSpan.FromSeconds(1 / rate.Value)))]);
        await MeasureRateAsync("append, 64 callers waiting", (stream, duration) => Callers(stream, 64, duration));
        await MeasureRateAsync(
            $"append, {InFlight} in flight", (stream, duration) => Appending.PipelinedAsync(stream, InFlight, duration, cancellationToken));

        Task<double> Callers(IMeasuredStream stream, int callers, TimeSpan duration) =>
            Appending.CallersAsync(stream, callers, duration, null, cancellationToken);

        async Task MeasureRateAsync(string name, Func<IMeasuredStream, TimeSpan, Task<double>> measure) =>
            run.Report.AddRates(name, await Rounds.MeasureAsync(run, name, systems.All, measure, cancellationToken));
    }
}
