using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Verifying;

/// <summary>Reads a partition through from its first byte to its last and changes nothing. For one use.</summary>
/// <remarks>
/// It judges the log's end as an opening does (FORMAT.md, <i>Opening</i>), and everything before it, which an opening doesn't read.
/// The caller keeps owners from the folder.
/// </remarks>
internal sealed partial class PartitionVerifier(IFileLayer layer, PartitionId partition, string folder, Action<long> onRead)
{
    // Damage in a million places says no more than damage in so many.
    private const int MaxFindings = 1000;

    private readonly List<LogFinding> _findings = [];
    private readonly List<EpochStart> _epochs = [];
    private OwnerState _owner;
    private bool _isOwnerKnown;
    private long _nextId;
    private long _head;
    private long _lastEpoch;
    private long _wholeEvents;
    private long _cutEvents;
    private bool _isEndDamaged;
    private bool _isSegmentShort;

    private bool IsAppendCut => _cutEvents > 0;

    public LogVerification Verify(CancellationToken cancellationToken)
    {
        var files = PartitionFolder.Look(layer, folder);
        foreach (var name in files.Refused)
        {
            Damaged(PartitionFolder.TellRefused(folder, name), Path.Combine(folder, name));
        }

        foreach (var leftover in files.Leftovers)
        {
            Repairable($"{leftover} was left unfinished, or belongs to a segment that is gone; the next opening deletes it.", leftover);
        }

        ReadOwner(files);
        VerifySegments(files, cancellationToken);
        CheckEnd(files);

        var read = files.Segments.Values.Sum();
        onRead(files.Bytes - read);
        var oldest = files.Segments.Count > 0 ? files.Segments.Keys[0] : _head + 1;
        return new LogVerification(
            partition,
            files.Segments.Count,
            new EventId(oldest),
            new EventId(Math.Max(_head, oldest - 1)),
            _wholeEvents,
            files.Bytes,
            _findings)
        {
            Notes = FileLogVerifier.Note(folder, files.Foreign),
            Epochs = _epochs,
        };
    }

    private void ReadOwner(PartitionFiles files)
    {
        var path = Path.Combine(folder, PartitionFolder.OwnerName);
        try
        {
            if (files.HasOwner)
            {
                using var file = layer.Open(path, FileOpening.Read);
                _owner = OwnerFile.Read(file, path);
            }
        }
        catch (StorageRefusedException refused)
        {
            Damaged(refused.Message, path);
            return;
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            Damaged($"The owner file {path} could not be read: {error.Message}", path);
            return;
        }

        if (_owner.Current.Epoch > 0 || files.Segments.Count == 0)
        {
            _isOwnerKnown = true;
            if (_owner.IsDamaged)
            {
                Repairable($"The owner file {path} has a damaged slot; the next owner writes over it.", path);
            }
        }
        else
        {
            var how = !files.HasOwner ? "missing" : _owner.IsDamaged ? "damaged" : "empty";
            Damaged(PartitionFolder.OwnerGone(folder, how).Message, path);
        }
    }

    private void VerifySegments(PartitionFiles files, CancellationToken cancellationToken)
    {
        SegmentHeader? before = null;
        for (var i = 0; i < files.Segments.Count; i++)
        {
            var baseId = files.Segments.Keys[i];
            var segment = new SegmentPlace(
                Segment.PathOf(folder, baseId, Segment.FileExtension),
                Segment.PathOf(folder, baseId, Segment.IndexExtension),
                baseId,
                i + 1 < files.Segments.Count ? files.Segments.Keys[i + 1] : 0,
                files.Indexes.ContainsKey(baseId));
            try
            {
                using var file = layer.Open(segment.Path, FileOpening.Read);
                var header = ReadHeader(segment, file);
                CheckChain(segment, header, before, i == 0);
                VerifySegment(segment, file, header, cancellationToken);
                before = header;
            }
            catch (StorageRefusedException special)
            {
                Damaged(special.Message, segment.Path, 0, baseId, segment.NextBaseId - 1);
                before = null;
            }
            catch (Exception error) when (DiskErrors.IsDisk(error))
            {
                Damaged($"Segment {segment.Path} could not be read: {error.Message}", segment.Path, 0, baseId, segment.NextBaseId - 1);
                before = null;
            }
        }
    }

    /// <summary>Compares the log's end with what was durable when its owner opened it.</summary>
    private void CheckEnd(PartitionFiles files)
    {
        if (IsAppendCut)
        {
            Repairable(
                $"The log of {partition} ends in the middle of an append, whose {_cutEvents} events from {_head + 1} on were never " +
                "acknowledged; the next opening takes them off.",
                folder,
                first: _head + 1,
                last: _nextId - 1);
        }

        if (!_isOwnerKnown)
        {
            return;
        }

        if (_head < _owner.Current.Head && !_isEndDamaged)
        {
            OfMoments(
                $"The log of {partition} ends with event {_head}, but events up to {_owner.Current.Head} were durable: {Moments.OrLost}.",
                folder,
                first: _head + 1,
                last: _owner.Current.Head);
        }

        if (_lastEpoch > _owner.Current.Epoch && !_owner.IsDamaged && files.Segments.Count > 0)
        {
            var path = Path.Combine(folder, PartitionFolder.OwnerName);
            OfMoments(
                $"The owner file {path} says epoch {_owner.Current.Epoch} and the log has events of epoch {_lastEpoch}: " +
                $"{Moments.OrLost}.",
                path);
        }
    }

    /// <summary>Notes that events from one on are of an epoch; 0 when it isn't known.</summary>
    private void NoteEpoch(long first, long epoch)
    {
        if (_epochs.Count == 0 ? epoch != 0 : _epochs[^1].Epoch != epoch)
        {
            _epochs.Add(new EpochStart(new EventId(first), epoch));
        }
    }

    private void Damaged(string message, string place, long? position = null, long? first = null, long? last = null) =>
        Add(new LogFinding(IsDamage: true, message, place, position), first, last);

    private void OfMoments(string message, string place, long? position = null, long? first = null, long? last = null) =>
        Add(new LogFinding(IsDamage: true, message, place, position) { MayBeOfMoments = true }, first, last);

    private void Repairable(string message, string place, long? position = null, long? first = null, long? last = null) =>
        Add(new LogFinding(IsDamage: false, message, place, position), first, last);

    private void Add(LogFinding finding, long? first, long? last)
    {
        if (_findings.Count < MaxFindings)
        {
            _findings.Add(finding with
            {
                First = first is { } from ? new EventId(from) : null,
                Last = last is { } to && to >= first ? new EventId(to) : null,
            });
        }
    }
}
