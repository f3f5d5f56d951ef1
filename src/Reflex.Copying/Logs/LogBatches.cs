using System.Runtime.CompilerServices;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying.Logs;

/// <summary>Reads a log's batches, the next page while the one before is used.</summary>
internal static class LogBatches
{
    // A few round trips' worth: a page less is read than is used.
    private const int PageBytes = 4 * 1024 * 1024;

    /// <summary>The batches after an event, up to the head that the reader knows, in lists of whole appends.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<EventBatch>> ReadAsync(
        IEventLogReader reader, PartitionId partition, EventId after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var head = reader.Bounds.Head;
        var next = Begin(after);
        try
        {
            var open = new List<EventBatch>();
            while (next is not null)
            {
                var page = await next.ConfigureAwait(false);
                foreach (var batch in Split(page, partition, after))
                {
                    open.Add(batch);
                    after = batch.LastId;
                }

                next = Begin(after);
                var whole = open.FindLastIndex(batch => !batch.MoreFollows) + 1;
                if (whole > 0)
                {
                    yield return open[..whole];
                    open.RemoveRange(0, whole);
                }
            }

            if (open.Count > 0)
            {
                throw new LogCorruptedException($"The log of {partition} ends in the middle of an append, at event {after}.");
            }
        }
        finally
        {
            // A reader is closed when it reads no more.
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        Task<ReadOnlyMemory<byte>>? Begin(EventId from) =>
            from < head ? reader.ReadAsync(from, PageBytes, cancellationToken).AsTask() : null;
    }

    /// <summary>The batch that holds an event.</summary>
    public static async Task<EventBatch> FindAsync(
        IEventLogReader reader, PartitionId partition, EventId id, CancellationToken cancellationToken)
    {
        var page = await reader.ReadAsync(new EventId(id.Value - 1), maxBytes: 1, cancellationToken).ConfigureAwait(false);
        return Split(page, partition, new EventId(id.Value - 1)).First();
    }

    /// <summary>A page's batches from the one with the next event on.</summary>
    private static IEnumerable<EventBatch> Split(ReadOnlyMemory<byte> page, PartitionId partition, EventId after)
    {
        for (var rest = page; !rest.IsEmpty;)
        {
            if (!EventBatch.TryReadSealed(rest, out var batch))
            {
                throw new LogCorruptedException($"The log of {partition} has no whole batch after event {after} where it says so.");
            }

            if (batch.LastId > after)
            {
                yield return batch;
            }

            rest = rest[batch.Bytes.Length..];
        }
    }
}
