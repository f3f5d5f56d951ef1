using Reflex.Benchmarks.Reporting;

namespace Reflex.Benchmarks.Scenarios;

/// <summary>What a scenario is given.</summary>
/// <param name="Report">Where its figures go.</param>
/// <param name="Folder">A folder on the disk that is measured, removed afterwards.</param>
/// <param name="Duration">How long each throughput figure is measured, after a warm-up of a third of it.</param>
internal sealed record Run(Report Report, string Folder, TimeSpan Duration)
{
    public TimeSpan WarmUp => Duration / 3;
}
