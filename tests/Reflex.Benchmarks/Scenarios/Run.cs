using Reflex.Benchmarks.Reporting;

namespace Reflex.Benchmarks.Scenarios;

/// <summary>What a scenario is given.</summary>
/// <param name="Report">Where its figures go.</param>
/// <param name="Plot">Where its curves go.</param>
/// <param name="Folder">A folder on the disk that is measured, removed afterwards.</param>
/// <param name="Duration">How long each figure is measured in all, after a warm-up of a third of it.</param>
/// <param name="Only">Part of the names of the systems that are measured; empty for all.</param>
internal sealed record Run(Report Report, Plot Plot, string Folder, TimeSpan Duration, string Only)
{
    public TimeSpan WarmUp => Duration / 3;

    /// <summary>A new folder in <see cref="Folder"/>.</summary>
    public string CreateFolder() => Directory.CreateDirectory(Path.Combine(Folder, Path.GetRandomFileName())).FullName;
}
