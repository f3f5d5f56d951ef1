using Reflex.Cursors;

namespace Reflex.Events;

/// <summary>Makes events of the fields that a server has sent. Not to be copied: use one variable, and pass it by reference.</summary>
/// <remarks>
/// For a transport's author. The events of one message share what they have in common, and as few buffers as keep each off the large
/// object heap.
/// </remarks>
public ref struct ReceivedEvents
{
    private const int MaxBufferSize = 64 * 1024;

    private readonly EventOrigin _origin;
    private byte[] _buffer = [];
    private int _used;
    private int _left;

    /// <summary>Begins to make events.</summary>
    /// <param name="partition">The partition that they are of, from 0.</param>
    /// <param name="epoch">The epoch of the owner that appended them; 0 when it isn't known.</param>
    /// <param name="others">The reader's cursor, from which theirs are made; empty when one partition is read.</param>
    /// <param name="count">How many there will be, about.</param>
    /// <param name="contentBytes">What all their foreign ids, traces and metadata take in bytes, about.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public ReceivedEvents(int partition, long epoch, Cursor others, int count, int contentBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(contentBytes);
        _origin = EventOrigin.Of(partition, epoch, others);
        _left = contentBytes + (count * EventRecord.HeaderSize);
    }

    /// <summary>Makes an event, which shares nothing with what was received.</summary>
    /// <param name="id">Its id, at least 1.</param>
    /// <param name="type">What happened.</param>
    /// <param name="timestamp">When it happened.</param>
    /// <param name="foreignId">Which entity it happened to, in UTF-8: at most <see cref="NewEvent.MaxForeignIdBytes"/>.</param>
    /// <param name="trace">The appender's trace context: at most <see cref="NewEvent.MaxTraceBytes"/>.</param>
    /// <param name="metadata">A little more.</param>
    /// <returns>What the reader gets.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is none, or the foreign id or the trace is too long.</exception>
    public Event Add(
        EventId id,
        EventType type,
        DateTimeOffset timestamp,
        ReadOnlySpan<byte> foreignId,
        ReadOnlySpan<byte> trace,
        ReadOnlySpan<byte> metadata)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(id.Value, 1, nameof(id));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(foreignId.Length, NewEvent.MaxForeignIdBytes, nameof(foreignId));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(trace.Length, NewEvent.MaxTraceBytes, nameof(trace));
        var size = EventRecord.HeaderSize + foreignId.Length + trace.Length + metadata.Length;
        if (_used + size > _buffer.Length)
        {
            _buffer = new byte[Math.Max(size, Math.Min(_left, MaxBufferSize))];
            _used = 0;
        }

        var ticks = (timestamp - DateTimeOffset.UnixEpoch).Ticks;
        EventRecord.Write(_buffer.AsSpan(_used, size), type.Value, ticks, foreignId, trace, metadata);
        var record = new ReadOnlyMemory<byte>(_buffer, _used, size);
        _used += size;
        _left -= size;
        return new Event(id, _origin, record);
    }
}
