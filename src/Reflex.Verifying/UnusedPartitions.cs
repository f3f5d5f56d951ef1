using Reflex.Streams;

namespace Reflex.Verifying;

/// <summary>What is to be said of a stream of which not every partition has a log.</summary>
internal static class UnusedPartitions
{
    /// <summary>The note; null when there are all logs.</summary>
    public static string? Note(StreamDefinition stream, Func<PartitionId, bool> hasLog)
    {
        var missing = Enumerable.Range(0, stream.Partitions).Where(index => !hasLog(new PartitionId(stream.Name, index))).ToList();
        return missing.Count == 0
            ? null
            : $"The stream {stream.Name} is defined with {stream.Partitions} partitions, and there is no log of "
                + $"{(missing.Count == stream.Partitions ? "any" : List(missing))}: never used, or lost.";
    }

    /// <summary>As <c>0, 2-5</c>.</summary>
    private static string List(List<int> indexes) => string.Join(
        ", ",
        indexes.Index()
            .GroupBy(entry => entry.Item - entry.Index, entry => entry.Item)
            .Select(run => run.First() == run.Last() ? $"{run.First()}" : $"{run.First()}-{run.Last()}"));
}
