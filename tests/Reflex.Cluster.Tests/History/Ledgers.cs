using Reflex.Cluster.Tests.Cluster;

namespace Reflex.Cluster.Tests.History;

/// <summary>What the consumers of all silos' lives have handled.</summary>
internal static class Ledgers
{
    /// <summary>What one consumer has handled, by time.</summary>
    public static IReadOnlyList<HandledEvent> Read(IEnumerable<SiloLife> lives, string consumer)
    {
        var handled = new List<HandledEvent>();
        foreach (var life in lives.Where(life => File.Exists(life.Ledger)))
        {
            handled.AddRange(
                from text in File.ReadLines(life.Ledger)
                let line = LedgerLine.TryParse(text)
                where line is not null && line.Value.Consumer == consumer
                select new HandledEvent(life.Number, line.Value.Partition, line.Value.Id, line.Value.At));
        }

        // A stable sort: of one life lines of the same time keep their order.
        return [.. handled.OrderBy(one => one.At)];
    }
}
