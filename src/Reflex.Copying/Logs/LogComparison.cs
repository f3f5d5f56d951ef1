using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying.Logs;

/// <summary>Reads a log and its copy from the first event to the last.</summary>
/// <param name="source">The logs that were copied.</param>
/// <param name="target">Their copies.</param>
/// <param name="onBytes">Is told how much was compared, after each piece.</param>
internal sealed class LogComparison(IEventLogProvider source, IEventLogProvider target, Action<long> onBytes)
{
    /// <summary>Whether two batches hold the same events, whatever form they are in.</summary>
    public static bool AreSame(EventBatch one, EventBatch other) =>
        one.Bytes.Span.SequenceEqual(other.Bytes.Span)
        || (one.BaseId == other.BaseId && one.Count == other.Count && one.Epoch == other.Epoch && one.AppendedAt == other.AppendedAt
            && (one.PreviousEpoch ?? other.PreviousEpoch) == (other.PreviousEpoch ?? one.PreviousEpoch)
            && one.MoreFollows == other.MoreFollows && one.DurableId == other.DurableId && !one.HasKeys && !other.HasKeys
            && Events(one).SequenceEqual(Events(other)));

    /// <summary>Compares a log with its copy; null when they hold the same.</summary>
    public async Task<Difference?> FindAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var reader = await source.OpenReaderAsync(partition, cancellationToken).ConfigureAwait(false)
            ?? throw new LogFailedException(partition, "it was deleted while it was compared; copy again.");
        await using (reader.ConfigureAwait(false))
        {
            var copy = await target.OpenReaderAsync(partition, cancellationToken).ConfigureAwait(false);
            if (copy is null)
            {
                return new Difference(partition, Difference.Tell(reader.Bounds), "no log");
            }

            await using (copy.ConfigureAwait(false))
            {
                return await FindAsync(reader, copy, partition, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Compares what is left of a deleted log with its copy; null when a log of that name goes on after the same event.</summary>
    public static Difference? Find(DeletedLog expected, DeletedLog? found)
    {
        var left = expected.Left;
        return found?.Left is { } copy && copy.GreatestEpoch >= left.GreatestEpoch
            && copy with { GreatestEpoch = left.GreatestEpoch } == left
                ? null
                : new Difference(expected.Partition, Tell(left), found is null ? "none" : Tell(found.Left));

        static string Tell(LogStart left) => $"a deleted log with the head {left.After} of life {left.Epoch:x}";
    }

    private async Task<Difference?> FindAsync(
        IEventLogReader reader, IEventLogReader copy, PartitionId partition, CancellationToken cancellationToken)
    {
        var (expected, found) = (reader.Bounds, copy.Bounds);
        if (expected.Head != found.Head || expected.HeadEpoch != found.HeadEpoch || expected.Oldest < found.Oldest)
        {
            return new Difference(partition, Difference.Tell(expected), Difference.Tell(found));
        }

        var after = new EventId(expected.Oldest.Value - 1);
        var copied = LogBatches.ReadAsync(copy, partition, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (copied.ConfigureAwait(false))
        {
            var (list, next) = ((IReadOnlyList<EventBatch>)[], 0);
            await foreach (var batches in LogBatches.ReadAsync(reader, partition, after, cancellationToken).ConfigureAwait(false))
            {
                foreach (var batch in batches)
                {
                    if (next == list.Count)
                    {
                        (list, next) = (await copied.MoveNextAsync().ConfigureAwait(false) ? copied.Current : [], 0);
                    }

                    if (list.Count == 0 || !AreSame(batch, list[next]))
                    {
                        return new Difference(
                            partition, Difference.Tell(batch), list.Count == 0 ? "nothing" : Difference.Tell(list[next]));
                    }

                    next++;
                    onBytes(batch.Bytes.Length);
                }
            }
        }

        return null;
    }

    /// <summary>Events without keys, which the older forms don't have.</summary>
    private static IEnumerable<(EventType Type, string ForeignId, long Ticks, string Metadata, string Trace)> Events(EventBatch batch) =>
        new LogPage([batch.Bytes], batch.BaseId, batch.LastId)
            .Events(new EventId(batch.BaseId.Value - 1), partition: 0)
            .Select(one => (
                one.Type,
                one.ForeignId,
                one.Timestamp.UtcTicks,
                Convert.ToHexString(one.Metadata.Span),
                Convert.ToHexString(one.Trace.Span)));
}
