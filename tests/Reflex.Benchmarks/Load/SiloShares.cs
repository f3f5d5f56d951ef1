using Reflex.Benchmarks.Silo;

namespace Reflex.Benchmarks.Load;

/// <summary>How many partitions of <see cref="MeasuredStreams.Moved"/>, and consumers on them, each silo has.</summary>
internal sealed record SiloShares(IReadOnlyList<int> Partitions, IReadOnlyList<int> Consumers)
{
    private const string PartitionType = "reflex.partition";

    public static async Task<SiloShares> LookAsync(IClusterClient client, int silos)
    {
        var grains = await client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var partitions = grains.Where(grain =>
            grain.GrainId.Type.ToString() == PartitionType
            && grain.GrainId.Key.ToString()!.StartsWith($"{MeasuredStreams.Moved}/", StringComparison.Ordinal));
        var consumers = grains.Where(grain =>
            grain.GrainId.Key.ToString()!.EndsWith($"/{MeasuredStreams.Mover}", StringComparison.Ordinal));
        return new SiloShares(Count(partitions, silos), Count(consumers, silos));
    }

    /// <summary>How many more the silo has that has most than the one that has fewest.</summary>
    public static int DifferenceOf(IReadOnlyList<int> counts) => counts.Max() - counts.Min();

    /// <summary>Whether all are there, and no silo has more than another but for a tenth, or two.</summary>
    public bool AreEven(int all) => AreEven(Partitions, all) && AreEven(Consumers, all);

    public override string ToString() => $"{string.Join(" ", Partitions)} partitions, {string.Join(" ", Consumers)} consumers";

    private static bool AreEven(IReadOnlyList<int> counts, int all) =>
        counts.Sum() == all && DifferenceOf(counts) <= Math.Max(2, all / counts.Count / 10);

    private static IReadOnlyList<int> Count(IEnumerable<DetailedGrainStatistic> grains, int silos)
    {
        var counts = grains.GroupBy(grain => grain.SiloAddress).Select(group => group.Count()).ToList();
        return [.. counts, .. Enumerable.Repeat(0, Math.Max(0, silos - counts.Count))];
    }
}
