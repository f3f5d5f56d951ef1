using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>Reads a log's events page by page. Thread-safe, and waits for no append.</summary>
/// <param name="context">What all logs share.</param>
/// <param name="partition">The log's partition.</param>
/// <param name="state">What may be read now.</param>
internal sealed class PageReader(LogContext context, PartitionId partition, Func<LogState> state)
{
    private readonly ReadPlaces _places = new();

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        ThrowIfOutside(after);
        return new ValueTask<ReadOnlyMemory<byte>>(ReadInTurnAsync(after, maxBytes, cancellationToken));
    }

    private Task<ReadOnlyMemory<byte>> ReadInTurnAsync(EventId after, int maxBytes, CancellationToken cancellationToken) =>
        context.RunReadAsync(() => Read(after, maxBytes), cancellationToken);

    private ReadOnlyMemory<byte> Read(EventId after, int maxBytes)
    {
        var current = ThrowIfOutside(after);
        try
        {
            return ReadPage(current, after.Value + 1, maxBytes);
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

    private ReadOnlyMemory<byte> ReadPage(LogState current, long id, int maxBytes)
    {
        var number = current.Find(id);
        var segment = current.Segments[number];
        var end = current.EndOf(segment);
        using var lease = segment.File.Rent();
        SegmentFile.ReadHeader(segment, lease.File);
        var place = _places.Find(segment, id) is { } known
            ? new ReadPlace(segment, id, known)
            : Seek(current, segment, lease.File, id, end);
        var page = ReadBatches(lease.File, place, end, maxBytes, out var next);
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
    private static ReadOnlyMemory<byte> ReadBatches(IFile file, ReadPlace place, long end, int maxBytes, out ReadPlace next)
    {
        var bytes = Read(file, place.Position, (int)Math.Min(Math.Max(maxBytes, EventBatch.MinHeaderSize), end - place.Position));
        var first = EventBatch.PeekSize(bytes);
        if (first > bytes.Length && first <= end - place.Position)
        {
            bytes = Read(file, place.Position, first);
        }

        var length = 0;
        var baseId = place.BaseId;
        while (length < bytes.Length)
        {
            var rest = bytes.AsMemory(length);
            var size = EventBatch.PeekSize(rest.Span);
            if (length > 0 && (size > rest.Length || rest.Length < EventBatch.MinHeaderSize))
            {
                break;
            }

            if (!EventBatch.TryReadSealed(rest, out var batch) || batch.BaseId.Value != baseId)
            {
                throw Damage.At(place.Segment, place.Position + length, baseId);
            }

            baseId = batch.LastId.Value + 1;
            length += size;
        }

        next = new ReadPlace(place.Segment, baseId, place.Position + length);
        return bytes.AsMemory(0, length);
    }

    private static byte[] Read(IFile file, long position, int size)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(size);
        var read = file.Read(bytes, position);

        // A file that is shorter than it was is damaged; the batches tell which event is missing.
        return read == size ? bytes : bytes[..read];
    }

    /// <summary>Walks from the nearest index entry to the batch that holds an event.</summary>
    private ReadPlace Seek(LogState current, Segment segment, IFile file, long id, long end)
    {
        var index = ReferenceEquals(segment, current.Newest) && segment.Index is { } active
            ? active
            : SegmentIndexes.Get(context, segment, file);
        var entry = index.Find(id);
        var walker = new SegmentWalker(file, entry.Position, end);
        var baseId = entry.NextId;
        while (true)
        {
            var position = walker.Position;
            if (!walker.TryNext(out var found, out var count) || found != baseId)
            {
                throw Damage.Find(segment, file, entry, end);
            }

            if (id < baseId + count)
            {
                return new ReadPlace(segment, baseId, position);
            }

            baseId += count;
        }
    }
}
