using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Copying;

internal sealed partial class PartitionCopy
{
    // All that were copied; those from the one with the last whole append's end on are open.
    private readonly List<CopiedSegment> _segments = [];
    private int _finished;
    private int _wholeSegment = -1;
    private IndexEntry _wholeEnd;
    private long _nextId;
    private long _lastEpoch;

    /// <summary>Begins the segment after those that were copied; false when it isn't the one that follows.</summary>
    private bool Begin(SegmentHeader header, string path)
    {
        if (_segments is [.., var before]
            && (header.Ordinal != before.Header.Ordinal + 1 || header.PreviousBaseId != before.Header.BaseId || header.BaseId != _nextId))
        {
            return IsWrong($"segment {path} doesn't follow {before.Header.BaseId:D20}.log, which ends with event {_nextId - 1}");
        }

        _nextId = header.BaseId;
        _segments.Add(new CopiedSegment(target, to, header, IndexInterval));
        return true;
    }

    private void Add(EventBatch batch)
    {
        _segments[^1].Add(batch);
        _nextId = batch.LastId.Value + 1;
        _lastEpoch = batch.Epoch;
        if (!batch.MoreFollows)
        {
            // Nothing before it will be taken off any more.
            for (; _finished < _segments.Count - 1; _finished++)
            {
                _segments[_finished].Finish();
            }

            _wholeSegment = _segments.Count - 1;
            _wholeEnd = _segments[^1].End;
        }
    }

    /// <summary>Takes off what belongs to no whole append, and ends the rest. Answers the last event.</summary>
    private long Finish()
    {
        if (_wholeSegment < 0 && _segments is [var first, ..])
        {
            // A segment that was begun for an append that isn't whole.
            (_wholeSegment, _wholeEnd) = (0, first.Start);
        }

        for (; _segments.Count - 1 > _wholeSegment; _segments.RemoveAt(_segments.Count - 1))
        {
            _segments[^1].Delete();
        }

        if (_segments is not [.., var last])
        {
            return 0;
        }

        last.CutTo(_wholeEnd);
        last.Finish();
        return _wholeEnd.NextId - 1;
    }

    /// <summary>Deletes what was copied.</summary>
    private void Discard()
    {
        _segments.ForEach(segment => segment.Delete());
        _segments.Clear();
        (_finished, _wholeSegment, _wholeEnd, _nextId, _lastEpoch) = (0, -1, default, 0, 0);
    }
}
