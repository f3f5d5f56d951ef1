using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;

namespace Reflex.Benchmarks.Scenarios;

internal sealed class PeersScenario : IScenario
{
    private const int ReadCount = 1_000_000;

    public string Name => "peers";

    public string Description => "what the peers do alone, in every figure that has one";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        await Disk.MeasureAsync(run.Report, run.Folder, cancellationToken);
        await AppendScenario.MeasureAsync(run, withOurs: false, cancellationToken);
        await ReadScenario.MeasureAsync(run, withOurs: false, cancellationToken);
        await using (var systems = await MeasuredSystems.StartAsync(run, withOurs: false, cancellationToken))
        {
            await LatencyScenario.MeasureAsync(run, systems, cancellationToken);
        }

        await LogFigures.MeasureAppendsAsync(run, withOurs: false, cancellationToken);
        await LogFigures.MeasureReadsAsync(run, withOurs: false, ReadCount, cancellationToken);
    }
}
