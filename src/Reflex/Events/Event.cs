using System.Text;
using Reflex.Cursors;

namespace Reflex.Events;

/// <summary>Something that happened to an entity. Immutable, and safe to keep and to share between threads.</summary>
/// <remarks>
/// An event decodes itself from the bytes that it was stored as, when asked: reading a property that nobody needs costs
/// nothing. It keeps the page that it was read with (64 KiB as a rule) alive; take <see cref="Copy"/> of one that is kept long.
/// </remarks>
public sealed class Event
{
    private readonly ReadOnlyMemory<byte> _record;
    private readonly EventOrigin _origin;
    private string? _foreignId;

    internal Event(EventId id, EventOrigin origin, ReadOnlyMemory<byte> record)
    {
        Id = id;
        _origin = origin;
        _record = record;
    }

    /// <summary>The event's number in its partition.</summary>
    public EventId Id { get; }

    /// <summary>The partition that holds the event, from 0.</summary>
    public int Partition => _origin.Partition;

    /// <summary>
    /// The epoch of the log's owner that appended it, which tells it from an event of the same id in another life of the log; 0 when it
    /// isn't known.
    /// </summary>
    public long Epoch => _origin.Epoch;

    /// <summary>
    /// The cursor that continues after this event, in the same reading that handed it out: its id and life when one partition is read,
    /// the vector of all partitions' places when a whole partitioned stream is.
    /// </summary>
    public Cursor Cursor => _origin.Others.With(Partition, Place);

    /// <summary>What happened.</summary>
    public EventType Type => EventRecord.Type(_record.Span);

    /// <summary>Which entity it happened to; never null.</summary>
    public string ForeignId => _foreignId ??= Encoding.UTF8.GetString(EventRecord.ForeignId(_record.Span));

    /// <summary>When it happened, in UTC, to 100 ns.</summary>
    public DateTimeOffset Timestamp => EventRecord.Timestamp(_record.Span);

    /// <summary>A little more about what happened; empty when there is nothing. Never changes.</summary>
    public ReadOnlyMemory<byte> Metadata => EventRecord.Metadata(_record);

    /// <summary>The appender's trace context; empty when it had none. <see cref="Diagnostics.TraceContext"/> reads it.</summary>
    public ReadOnlyMemory<byte> Trace => EventRecord.Trace(_record);

    /// <summary>The foreign id's UTF-8 bytes, without making a string.</summary>
    public ReadOnlySpan<byte> ForeignIdUtf8 => EventRecord.ForeignId(_record.Span);

    /// <summary>Where in its partition it stands: its id and life.</summary>
    public CursorPlace Place => new(Id, Epoch);

    /// <summary>Makes an event that didn't come from a log: for tests, and for streams of other sources.</summary>
    /// <param name="id">Its id, at least 1.</param>
    /// <param name="content">The rest; without a timestamp it gets <see cref="DateTimeOffset.UnixEpoch"/>.</param>
    /// <param name="partition">Its partition, from 0.</param>
    /// <returns>The event, which shares no buffer with <paramref name="content"/>.</returns>
    /// <exception cref="ArgumentException">The id is none, or the foreign id or trace null, too long, or no text.</exception>
    public static Event Create(EventId id, in NewEvent content, int partition = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(id.Value, 1, nameof(id));
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        EventLimits.Validate(content);
        var record = new byte[EventRecord.Measure(content)];
        EventRecord.Write(record, content, content.Timestamp ?? DateTimeOffset.UnixEpoch, content.Trace.Span);
        return new Event(id, new EventOrigin(partition, Epoch: 0, Cursor.Empty), record);
    }

    /// <summary>A copy that keeps alive only its own bytes.</summary>
    /// <returns>The same event, safe to keep.</returns>
    public Event Copy() => new(Id, _origin, _record.ToArray());

    /// <summary>Whether the type is the given value of an application's enum.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="type">The value.</param>
    /// <returns>True when it is.</returns>
    public bool IsType<TEnum>(TEnum type)
        where TEnum : struct, Enum => Type.Is(type);

    /// <summary>Whether the type is one of the given values of an application's enum.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="types">The values.</param>
    /// <returns>True when it is one of them; false for none.</returns>
    public bool IsAnyType<TEnum>(params ReadOnlySpan<TEnum> types)
        where TEnum : struct, Enum
    {
        var own = Type;
        foreach (var type in types)
        {
            if (own.Is(type))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The event for logs and debuggers.</summary>
    /// <returns>Partition, id, type and foreign id.</returns>
    public override string ToString() => $"{Partition}/{Id} type {Type} of '{ForeignId}'";
}
