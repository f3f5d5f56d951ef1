using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>What one log has to append. Its task ends when it is committed.</summary>
internal sealed class LogAppend : TaskCompletionSource
{
    // A read takes whole rows, and one of a hundred kilobytes and more costs twice as much for each event.
    private const int RowBytes = 16 * 1024;

    private readonly List<LogEvents> _rows = [];

    public LogAppend(PartitionId partition, long key, long epoch, in LogBounds before, IReadOnlyList<EventBatch> batches)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Partition = partition;
        Key = key;
        Epoch = epoch;
        Head = before.Head.Value;
        IsOwn = batches[0].Epoch == epoch;
        Last = batches[^1];
        for (var from = 0; from < batches.Count;)
        {
            var (to, length) = (from + 1, batches[from].Bytes.Length);
            while (to < batches.Count && length + batches[to].Bytes.Length <= RowBytes)
            {
                length += batches[to++].Bytes.Length;
            }

            _rows.Add(new LogEvents(batches[to - 1].LastId.Value, Ticks.Of(batches[to - 1].AppendedAt), Join(batches, from, to, length)));
            Bytes += length;
            from = to;
        }
    }

    public PartitionId Partition { get; }

    public long Key { get; }

    public long Epoch { get; }

    /// <summary>The head before it.</summary>
    public long Head { get; }

    public EventBatch Last { get; }

    public bool IsOwn { get; }

    public long Bytes { get; }

    public IReadOnlyList<LogEvents> Rows => _rows;

    private static byte[] Join(IReadOnlyList<EventBatch> batches, int from, int to, int length)
    {
        var joined = new byte[length];
        var at = 0;
        for (var i = from; i < to; i++)
        {
            batches[i].Bytes.Span.CopyTo(joined.AsSpan(at));
            at += batches[i].Bytes.Length;
        }

        return joined;
    }
}
