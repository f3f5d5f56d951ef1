using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class PartitionFileLog
{
    private bool _mayImport;

    /// <summary>Makes a log without events begin after one, as an owner that nobody comes beside. Blocks its thread on the disk.</summary>
    public static void Begin(LogContext context, PartitionId partition, string folder, LogStart start, Action flushParents)
    {
        using var owner = OpenOwner(context, folder);
        using var hold = owner.Hold();
        flushParents();
        var recovered = new LogRecovery(context, partition, folder) { Start = start }.Recover(hold);
        var log = new PartitionFileLog(context, partition, folder, owner, recovered);
        try
        {
            if (log._state.Oldest > log._state.Head)
            {
                log.BeginAfter(start.After.Value, new PreviousEvent(start.Epoch, Ticks.Of(start.AppendedAt)));
            }
        }
        finally
        {
            log.CloseFiles();
        }
    }

    public static StorageRefusedException HasOwnEvents(PartitionId partition, long head) => new(
        $"The log of {partition} has had events that were not imported, up to {head}, and another log's events can't come after them: " +
        "import into a partition that never had an event.");

    public ValueTask ImportAsync(IReadOnlyList<EventBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ThrowIfFailed();
        ValidateImport(batches);
        return new ValueTask(RunAsync(() => Append(batches), isAppend: true));
    }

    private void BeginAfter(long head, PreviousEvent previous)
    {
        if (_writer is { } begun)
        {
            if (begun.Header.BaseId == head + 1 && begun.Header.Previous == previous)
            {
                return;
            }

            // First, since two segments without a batch between them are no log.
            _writer = null;
            begun.CloseIndex();
            RemoveOldest();
        }

        if (head > 0)
        {
            Roll(_state.Segments, PrepareNext(head + 1, previous), previous.AppendedAt, isAppendCut: false);
        }
    }

    /// <summary>
    /// Whether an imported batch would look like an appended one in a segment: these have the epoch of the segment's maker or a later one.
    /// </summary>
    private bool IsImportedTooLate(SegmentWriter writer, EventBatch batch) =>
        batch.Epoch != Epoch && batch.Epoch >= writer.Header.Epoch;

    private void ValidateImport(IReadOnlyList<EventBatch> batches)
    {
        if (!_mayImport)
        {
            throw HasOwnEvents(_partition, _state.Head);
        }

        var next = _state.Head + 1;
        var epoch = _state.HeadEpoch;
        foreach (var batch in batches)
        {
            ThrowIfPicked(batch, nameof(batches));
            if (!batch.IsSealed || batch.BaseId.Value != next || batch.Epoch < epoch || batch.Epoch >= Epoch
                || (batch.PreviousEpoch ?? epoch) != epoch || batch.DurableId >= batch.BaseId)
            {
                throw new ArgumentException(
                    $"A batch to import into {_partition} has base id {batch.BaseId}, epoch {batch.Epoch} and previous epoch "
                    + $"{batch.PreviousEpoch}; expected {next}, an epoch from {epoch} to before the owner's, {Epoch}, and {epoch}.",
                    nameof(batches));
            }

            next = batch.LastId.Value + 1;
            epoch = batch.Epoch;
        }

        if (batches.Count == 0 || batches[^1].MoreFollows)
        {
            throw new ArgumentException($"An import into {_partition} has no batches, or lacks its last one.", nameof(batches));
        }
    }
}
