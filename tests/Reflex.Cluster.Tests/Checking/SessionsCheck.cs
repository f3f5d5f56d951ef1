using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

internal sealed class SessionsCheck : ICheck
{
    public string Rule => "every consumer outside handles every event in order, and again only where a session begins";

    public IEnumerable<string> Check(RecordedRun run, LoggedEvents log) =>
        run.Sessions.SelectMany(consumer => Check(consumer.Key, consumer.Value, run.Partitions, log));

    private static IEnumerable<string> Check(string consumer, IEnumerable<HandledEvent> handled, int partitions, LoggedEvents log)
    {
        var heads = new long[partitions];
        var lastOfSessions = new Dictionary<(int, int), long>();
        foreach (var (session, partition, id, _) in handled)
        {
            var isFirst = !lastOfSessions.TryGetValue((session, partition), out var last);
            if (isFirst ? id < 1 || id > heads[partition] + 1 : id != last + 1)
            {
                yield return $"The consumer '{consumer}' handled {partition}/{id} in session {session} after "
                    + $"{partition}/{(isFirst ? heads[partition] : last)}.";
            }

            lastOfSessions[(session, partition)] = id;
            heads[partition] = Math.Max(heads[partition], id);
        }

        for (var partition = 0; partition < partitions; partition++)
        {
            if (heads[partition] != log.Head(partition))
            {
                yield return $"The consumer '{consumer}' ended at {partition}/{heads[partition]} of {log.Head(partition)}.";
            }
        }
    }
}
