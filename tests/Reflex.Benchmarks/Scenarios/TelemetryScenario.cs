using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;
using Reflex.Storage;

namespace Reflex.Benchmarks.Scenarios;

/// <summary>
/// One silo whose metrics are switched on and off again in short turns: what else the machine does hits both, and so does what one process
/// has and another hasn't.
/// </summary>
internal sealed class TelemetryScenario : IScenario
{
    private const int Pairs = 20;
    private const int Callers = 64;
    private const int InFlight = 4096;
    private const int Count = 500_000;

    public string Name => "telemetry";

    public string Description => "what the metrics of a silo cost while nobody asks for them, in turns of seconds";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        await using var system = await ReflexSystem.StartAsync(Durability.Buffered, run.CreateFolder(), cancellationToken);
        var probe = system.Silo.Client.GetGrain<IProbeGrain>(0);
        var turn = run.Duration / Pairs / 2;
        var appended = await system.CreateStreamAsync("appended", cancellationToken);
        await MeasureAsync(
            $"append, {Callers} callers waiting", time => Appending.CallersAsync(appended, Callers, time, null, cancellationToken));
        await MeasureAsync(
            $"append, {InFlight} in flight", time => Appending.PipelinedAsync(appended, InFlight, time, cancellationToken));
        var filled = await system.CreateStreamAsync("read", cancellationToken);
        await Appending.FillAsync(filled, Count, cancellationToken);
        await MeasureAsync(
            "read from the first event, in another process", _ => Reading.FromFirstAsync(filled, Count, cancellationToken));

        async Task MeasureAsync(string name, Func<TimeSpan, Task<double>> measure)
        {
            await measure(run.WarmUp);
            var ratios = new List<double>();
            for (var pair = 0; pair < Pairs; pair++)
            {
                Report.Progress($"{name}, pair {pair + 1} of {Pairs}");
                var isOnFirst = pair % 2 == 0;
                var first = await TurnAsync(isOnFirst);
                var second = await TurnAsync(!isOnFirst);
                ratios.Add(isOnFirst ? first / second : second / first);
            }

            ratios.Sort();
            run.Report.AddRatio($"{name}, metrics on", "off, median", ratios[Pairs / 2], 1);
            run.Report.AddRatio($"{name}, metrics on", "off, lower quartile", ratios[Pairs / 4], 1);
            run.Report.AddRatio($"{name}, metrics on", "off, upper quartile", ratios[Pairs * 3 / 4], 1);

            async Task<double> TurnAsync(bool isOn)
            {
                await probe.SwitchMetricsAsync(isOn);

                // What is switched on takes its memory first, as a silo does at its start.
                await measure(turn / 2);
                return await measure(turn);
            }
        }
    }
}
