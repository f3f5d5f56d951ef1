using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Testing.Conformance;

/// <summary>What a log must hold: copies of all batches that were acknowledged.</summary>
internal sealed class HeldBatches(ConformanceRun run)
{
    private const int PageSize = 16 * 1024;

    public List<EventBatch> All { get; } = [];

    public EventId Head => All.Count > 0 ? All[^1].LastId : EventId.None;

    /// <summary>Appends, and remembers what was appended once it is acknowledged.</summary>
    public Task AppendAsync(
        IEventLog log, int events = 1, int batches = 1, int metadataBytes = 20, DateTimeOffset? at = null) =>
        AppendAsync(log, SealedBatches.Append(log, events, batches, metadataBytes, at));

    public async Task AppendAsync(IEventLog log, EventBatch[] batches)
    {
        var copies = Array.ConvertAll(batches, SealedBatches.Copy);
        await log.AppendAsync(batches).ConfigureAwait(false);
        All.AddRange(copies);
        Expect.Same(Head, log.Bounds.Head, "the head after an append has ended");
    }

    /// <summary>Appends so much in appends of about 8 KiB, a second apart, that a trim has something to remove.</summary>
    public async Task AppendTrimmableAsync(IEventLog log)
    {
        for (long bytes = 0; bytes < run.TrimmableBytes * 2;)
        {
            await AppendAsync(log, events: 4, metadataBytes: 2000, at: SealedBatches.Start.AddSeconds(All.Count)).ConfigureAwait(false);
            bytes += All[^1].Bytes.Length;
        }
    }

    /// <summary>The log holds exactly these batches from its oldest event on, byte for byte, and the head is theirs.</summary>
    public Task VerifyAsync(IEventLog log, EventId? oldest = null, bool isTimeKnown = true) =>
        VerifyAsync(log.Bounds, after => run.ReadAsync(log, after, PageSize), oldest, isTimeKnown);

    /// <summary>So does what a reader has found.</summary>
    public Task VerifyAsync(IEventLogReader reader, EventId? oldest = null) =>
        VerifyAsync(reader.Bounds, after => run.ReadAsync(reader, after, PageSize), oldest, isTimeKnown: true);

    /// <summary>The batch is one of these, byte for byte.</summary>
    public void VerifyOne(EventBatch batch)
    {
        var index = Find(batch.BaseId);
        Expect.That(
            index >= 0 && All[index].Bytes.Span.SequenceEqual(batch.Bytes.Span),
            $"the events {batch.BaseId} to {batch.LastId} to be the ones that were appended, byte for byte; they are not");
    }

    private async Task VerifyAsync(
        LogBounds bounds, Func<EventId, Task<IReadOnlyList<EventBatch>>> read, EventId? oldest, bool isTimeKnown)
    {
        Expect.Same(Head, bounds.Head, "the head");
        Expect.Same(oldest ?? new EventId(1), bounds.Oldest, "the oldest event");
        Expect.Same(All.Count > 0 ? All[^1].Epoch : 0, bounds.HeadEpoch, "the head's epoch");
        var time = All.Count > 0 ? All[^1].AppendedAt : DateTimeOffset.UnixEpoch;
        Expect.Same(isTimeKnown ? time : bounds.HeadAppendedAt, bounds.HeadAppendedAt, "the head's append time");
        Expect.That(
            bounds.Bytes > 0 || (bounds.Bytes == 0 && bounds.Oldest > bounds.Head),
            $"the size of a log with events above 0; it is {bounds.Bytes}");
        for (var after = new EventId(bounds.Oldest.Value - 1); after < bounds.Head;)
        {
            foreach (var batch in await read(after).ConfigureAwait(false))
            {
                VerifyOne(batch);
                after = batch.LastId;
            }
        }
    }

    private int Find(EventId baseId)
    {
        var low = 0;
        var high = All.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (All[middle].BaseId.CompareTo(baseId))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return -1;
    }
}
