using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

/// <summary>How often consumers handled events again.</summary>
internal static class Repeats
{
    /// <summary>When each event was handled that had been handled before, by <see cref="Clock"/>.</summary>
    public static IReadOnlyList<long> Find(RecordedRun run)
    {
        var found = new List<long>();
        foreach (var handled in run.Consumers.Values)
        {
            var heads = new long[run.Partitions];
            foreach (var (_, partition, id, at) in handled)
            {
                if (id <= heads[partition])
                {
                    found.Add(at);
                }

                heads[partition] = Math.Max(heads[partition], id);
            }
        }

        return found;
    }
}
