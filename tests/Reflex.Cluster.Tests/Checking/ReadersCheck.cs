using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

internal sealed class ReadersCheck : ICheck
{
    public string Rule => "every reader sees every event once, in the one order, and goes on at its cursor";

    public IEnumerable<string> Check(RecordedRun run, LoggedEvents log) =>
        run.Readers.SelectMany(reader => Check(run, log, reader.Key, reader.Value));

    private static IEnumerable<string> Check(RecordedRun run, LoggedEvents log, string reader, IEnumerable<SeenEvent> seen)
    {
        var heads = new long[run.Partitions];
        foreach (var (partition, id, identity) in seen)
        {
            if (id != heads[partition] + 1)
            {
                yield return $"The reader '{reader}' saw {partition}/{id} after {partition}/{heads[partition]}.";
            }

            heads[partition] = id;
            if (log.Find(partition, id) is var logged && logged != identity)
            {
                yield return $"The reader '{reader}' saw {identity} as {partition}/{id}, where the log has "
                    + $"{logged?.ToString() ?? "nothing"}.";
            }
        }

        for (var partition = 0; partition < run.Partitions; partition++)
        {
            var reads = !run.OnlyPartitions.TryGetValue(reader, out var only) || only == partition;
            if (reads && heads[partition] != log.Head(partition))
            {
                yield return $"The reader '{reader}' ended at {partition}/{heads[partition]} of {log.Head(partition)}.";
            }
        }
    }
}
