using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Copying;

/// <summary>Copies a partition while owners append to it, trim it and replace one another, without a lock. For one use.</summary>
/// <remarks>
/// It reads the owner first, then the names, then the segments from the oldest to the newest, and copies batch by batch what was written
/// up to that owner. FORMAT.md, <i>Copying</i>, says why that is a log that was there at one moment. Where a change came between two
/// of its steps so that they don't fit together, it begins again.
/// </remarks>
/// <param name="source">Where the log is.</param>
/// <param name="target">Where the copy goes.</param>
/// <param name="partition">The partition that is copied.</param>
/// <param name="from">Its folder.</param>
/// <param name="to">The copy's folder, which exists and is empty.</param>
/// <param name="onRead">Is told how many bytes were read.</param>
internal sealed partial class PartitionCopy(
    IFileLayer source, IFileLayer target, PartitionId partition, string from, string to, Action<long> onRead)
{
    // A change between two steps is rare, two of them in a row hardly ever come; what stays wrong so often is damage.
    internal const int MaxAttempts = 20;

    // As in FileLogOptions: how far a reader of the copy passes over at most.
    internal const int IndexInterval = 64 * 1024;

    private const int ChunkSize = 1024 * 1024;

    private OwnerRecord _owner;
    private string? _wrong;
    private bool _isAtEnd;

    /// <exception cref="LogCorruptedException">The log is damaged.</exception>
    /// <exception cref="StorageRefusedException">A newer version wrote it, or it holds what looks like the log's and isn't.</exception>
    public void Copy(CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; !TryCopy(cancellationToken); attempt++)
            {
                Discard();
                if (attempt == MaxAttempts)
                {
                    throw new LogCorruptedException(
                        $"The log of {partition} can't be copied, as it is damaged: {_wrong}; stop the silo and verify the folder.");
                }
            }
        }
        finally
        {
            _segments.ForEach(segment => segment.Dispose());
        }
    }

    private bool TryCopy(CancellationToken cancellationToken)
    {
        (_wrong, _isAtEnd) = (null, false);
        var hasOwner = TryReadOwner();
        var files = PartitionFolder.List(source, from);
        if (!hasOwner)
        {
            // Between the making of a partition's folder and its first opening's end.
            return files.Segments.Count == 0 || IsWrong($"it has segments and no owner in {from}");
        }

        var baseIds = files.Segments.Keys;
        for (var i = 0; i < baseIds.Count && !_isAtEnd && _wrong is null; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CopySegment(baseIds[i], i + 1 < baseIds.Count ? baseIds[i + 1] : null, cancellationToken);
        }

        if (_wrong is not null)
        {
            return false;
        }

        if (_segments.Count == 0 && baseIds.Count > 0)
        {
            // Trimmed meanwhile, or of a newer owner, all of them.
            return IsWrong($"no segment of {from} could be read");
        }

        var head = Finish();
        if (head < _owner.Head)
        {
            return IsWrong($"it ends with event {head}, and events up to {_owner.Head} were durable");
        }

        WriteOwner(head);
        target.FlushFolder(to);
        return true;
    }

    /// <summary>Notes what is wrong now; answers false.</summary>
    private bool IsWrong(string what)
    {
        _wrong = what;
        return false;
    }

    private bool TryReadOwner()
    {
        var path = Path.Combine(from, PartitionFolder.OwnerName);
        try
        {
            using var file = source.Open(path, FileOpening.Read);
            var owner = OwnerFile.Read(file, path);

            // A slot that is being written looks damaged for a moment. One that is damaged for good was that of the next owner.
            for (var look = 1; owner.IsDamaged && look < MaxAttempts; look++)
            {
                owner = OwnerFile.Read(file, path);
            }

            _owner = owner.IsDamaged
                ? owner.Current with { Epoch = Epochs.GreatestAfter(owner.Current.Epoch) }
                : owner.Current;
            return owner.Current.Epoch > 0;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private void CopySegment(long baseId, long? nextBaseId, CancellationToken cancellationToken)
    {
        var path = Segment.PathOf(from, baseId, Segment.FileExtension);
        IFile file;
        try
        {
            file = source.Open(path, FileOpening.Read);
        }
        catch (FileNotFoundException)
        {
            // Trimmed meanwhile, and all before it were first: the copy begins with the next one.
            Discard();
            return;
        }

        using (file)
        {
            if (ReadHeader(path, file, baseId) is { } header && Begin(header, path))
            {
                // Before the batches: what it proves to be there they must have.
                var durable = nextBaseId - 1 ?? ReadDurableId(header);
                var end = CopyBatches(file, cancellationToken);
                CheckEnd(path, file, end, durable, isNewest: nextBaseId is null);
            }
        }
    }

    private SegmentHeader? ReadHeader(string path, IFile file, long baseId)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
        var version = SegmentHeader.Read(bytes[..file.Read(bytes, 0)], out var header);
        if (version > SegmentHeader.Version)
        {
            throw new StorageRefusedException(
                $"Segment {path} has format version {version} and this program knows up to {SegmentHeader.Version}: " +
                "use the newer program.");
        }

        if (header?.BaseId != baseId)
        {
            IsWrong($"segment {path} has no valid header");
            return null;
        }

        if (header.Epoch > _owner.Epoch)
        {
            _isAtEnd = true;
            return null;
        }

        return header;
    }

    /// <summary>Copies a segment's batches, up to the first that isn't valid. Answers its place.</summary>
    private long CopyBatches(IFile file, CancellationToken cancellationToken)
    {
        var scanner = new SegmentScanner(file, SegmentHeader.Size, file.Length, ChunkSize);
        onRead(SegmentHeader.Size);
        while (scanner.TryNext(_nextId, out var batch) && batch.Epoch >= _lastEpoch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (batch.Epoch > _owner.Epoch)
            {
                _isAtEnd = true;
                break;
            }

            Add(batch);
            onRead(batch.Bytes.Length);
        }

        return scanner.Position;
    }

    private void WriteOwner(long head)
    {
        // The whole copy is flushed, so its head is a proof as well.
        var bytes = new byte[OwnerFile.FileSize];
        (_owner with { Head = head }).Write(bytes);
        using var file = target.Open(Path.Combine(to, PartitionFolder.OwnerName), FileOpening.Replace);
        file.Write(bytes, 0);
        file.Flush();
    }
}
