using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>Reads a log's events page by page. Thread-safe, and waits for no append.</summary>
/// <remarks>
/// A page is read on a thread of the pool while all that it needs is in memory, as for a reader that goes on where others are or the
/// system reads ahead. As soon as something has to come from the device, and wherever anything is amiss, the read begins anew on one of
/// the threads for reads.
/// </remarks>
/// <param name="context">What all logs share.</param>
/// <param name="partition">The log's partition.</param>
/// <param name="reads">Where what waits for the device waits.</param>
/// <param name="state">What may be read now.</param>
internal sealed class PageReader(LogContext context, PartitionId partition, ReadQueue reads, Func<LogState> state)
{
    private readonly ReadPlaces _places = new();

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        ThrowIfOutside(after);
        return new ValueTask<ReadOnlyMemory<byte>>(ReadAnywhereAsync(after, maxBytes, cancellationToken));
    }

    private async Task<ReadOnlyMemory<byte>> ReadAnywhereAsync(EventId after, int maxBytes, CancellationToken cancellationToken) =>
        await Task.Run(() => TryRead(after, maxBytes), cancellationToken).ConfigureAwait(false)
            ?? await ReadInTurnAsync(after, maxBytes, cancellationToken).ConfigureAwait(false);

    private async Task<ReadOnlyMemory<byte>> ReadInTurnAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await reads.RunAsync(() => Read(after, maxBytes), cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException error)
        {
            throw new LogFailedException(partition, "it is being closed; ask again.", error);
        }
    }

    /// <summary>Reads a page from memory; null if that isn't possible.</summary>
    private ReadOnlyMemory<byte>? TryRead(EventId after, int maxBytes)
    {
        var current = ThrowIfOutside(after);
        var number = current.Find(after.Value + 1);
        var segment = current.Segments[number];
        if (segment.Header is null || segment.File.TryRent() is not { } lease)
        {
            return null;
        }

        using (lease)
        {
            var file = new ReadableFile(lease.File, MayWait: false);
            return ReadPage(current, number, file, after.Value + 1, maxBytes);
        }
    }

    private ReadOnlyMemory<byte> Read(EventId after, int maxBytes)
    {
        var current = ThrowIfOutside(after);
        try
        {
            var number = current.Find(after.Value + 1);
            var segment = current.Segments[number];
            using var lease = segment.File.Rent();
            SegmentFile.ReadHeader(segment, lease.File);
            var file = new ReadableFile(lease.File, MayWait: true);
            return ReadPage(current, number, file, after.Value + 1, maxBytes)!.Value;
        }
        catch (Exception error) when (DiskErrors.IsDisk(error) || error is ObjectDisposedException)
        {
            // A trim may have removed the file between the look at the state and the read.
            ThrowIfOutside(after);
            throw new LogFailedException(partition, $"event {after.Next} could not be read; ask again.", DiskErrors.Tell(error), error);
        }
    }

    private LogState ThrowIfOutside(EventId after)
    {
        var current = state();
        return after.Value >= current.Oldest - 1 && after.Value < current.Head
            ? current
            : throw new ArgumentOutOfRangeException(
                nameof(after),
                after,
                $"The log of {partition} holds events {current.Oldest} to {current.Head}: nothing comes after {after} in it.");
    }

    /// <summary>A page; null when the thread would have to wait, or found damage, and may not wait.</summary>
    private ReadOnlyMemory<byte>? ReadPage(LogState current, int number, ReadableFile file, long id, int maxBytes)
    {
        var segment = current.Segments[number];
        var end = current.EndOf(segment);
        var place = _places.Find(segment, id) is { } known
            ? new ReadPlace(segment, id, known)
            : Seek(current, segment, file, id, end);
        if (place is not { } start || ReadBatches(file, start, end, maxBytes, out var next) is not { } page)
        {
            return null;
        }

        if (next.Position < end || number == current.Segments.Length - 1)
        {
            _places.Add(next);
        }
        else
        {
            _places.Add(new ReadPlace(current.Segments[number + 1], next.BaseId, SegmentHeader.Size));
        }

        return page;
    }

    /// <summary>Reads whole batches from the start of one on, verifies them, and says where the next page begins.</summary>
    private static ReadOnlyMemory<byte>? ReadBatches(ReadableFile file, ReadPlace place, long end, int maxBytes, out ReadPlace next)
    {
        next = place;

        // Before memory is taken for all of it.
        if (!file.MayWait && !file.TryRead(stackalloc byte[1], place.Position, out _))
        {
            return null;
        }

        var bytes = Read(file, place.Position, (int)Math.Min(Math.Max(maxBytes, EventBatch.MinHeaderSize), end - place.Position));
        var first = EventBatch.PeekSize(bytes);
        if (first > bytes?.Length && first <= end - place.Position)
        {
            bytes = Read(file, place.Position, first);
        }

        if (bytes is null)
        {
            return null;
        }

        var length = 0;
        var baseId = place.BaseId;
        do
        {
            var rest = bytes.AsMemory(length);
            var size = EventBatch.PeekSize(rest.Span);
            if (length > 0 && (size > rest.Length || rest.Length < EventBatch.MinHeaderSize))
            {
                break;
            }

            if (!EventBatch.TryReadSealed(rest, out var batch) || batch.BaseId.Value != baseId)
            {
                return file.MayWait ? throw Damage.At(place.Segment, place.Position + length, baseId) : null;
            }

            baseId = batch.LastId.Value + 1;
            length += size;
        }
        while (length < bytes.Length);

        next = new ReadPlace(place.Segment, baseId, place.Position + length);
        return bytes.AsMemory(0, length);
    }

    private static byte[]? Read(ReadableFile file, long position, int size)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(size);
        if (!file.TryRead(bytes, position, out var read))
        {
            return null;
        }

        // A file that is shorter than it was is damaged; the batches tell which event is missing.
        return read == size ? bytes : bytes[..read];
    }

    /// <summary>Walks from the nearest index entry to the batch that holds an event.</summary>
    private ReadPlace? Seek(LogState current, Segment segment, ReadableFile file, long id, long end)
    {
        var index = ReferenceEquals(segment, current.Newest) && segment.Index is { } active ? active : FindIndex(segment, file);
        if (index is null)
        {
            return null;
        }

        var entry = index.Find(id);
        var walker = new SegmentWalker(file, entry.Position, end);
        var baseId = entry.NextId;
        while (true)
        {
            var position = walker.Position;
            if (!walker.TryNext(out var found, out var count) || found != baseId)
            {
                return file.MayWait ? throw Damage.Find(segment, file.File, entry, end) : null;
            }

            if (id < baseId + count)
            {
                return new ReadPlace(segment, baseId, position);
            }

            baseId += count;
        }
    }

    private SegmentIndex? FindIndex(Segment segment, ReadableFile file)
    {
        if (file.MayWait)
        {
            return SegmentIndexes.Get(context, segment, file.File);
        }

        if (segment.Index is not { } known)
        {
            return null;
        }

        context.Indexes.OnUsed(segment);
        return known;
    }
}
