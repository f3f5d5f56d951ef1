using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

internal sealed class ConsumersCheck : ICheck
{
    public string Rule => "every consumer handles every event in order, and again only after a fault and within the flush window";

    public IEnumerable<string> Check(RecordedRun run, LoggedEvents log)
    {
        foreach (var (consumer, handled) in run.Consumers)
        {
            var parts = Enumerable.Range(0, run.Partitions).Select(partition => new ConsumerPart(run, consumer, partition)).ToArray();
            foreach (var one in handled)
            {
                foreach (var wrong in parts[one.Partition].Add(one))
                {
                    yield return wrong;
                }
            }

            foreach (var part in parts.Where(part => part.Head != log.Head(part.Partition)))
            {
                yield return $"The consumer '{consumer}' ended at {part.Partition}/{part.Head} of {log.Head(part.Partition)}.";
            }
        }
    }
}
