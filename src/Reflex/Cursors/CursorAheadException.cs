using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cursors;

/// <summary>A cursor names an event that doesn't exist yet: it belongs to another stream, or the log has lost events.</summary>
public sealed class CursorAheadException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("cursor-ahead", ErrorKind.OutOfRange, "Cursor ahead of the head");

    /// <inheritdoc cref="CursorAheadException"/>
    /// <param name="partition">The partition that was read.</param>
    /// <param name="cursor">The cursor's position in it.</param>
    /// <param name="head">The newest event of it.</param>
    public CursorAheadException(PartitionId partition, EventId cursor, EventId head)
        : base(
            $"The cursor {cursor} of {partition} is ahead of its head {head}: use a cursor that this stream has given.", isTransient: false)
    {
        SetFact("partition", partition.ToString());
        SetFact("cursor", cursor.Value);
        SetFact("head", head.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Partition.ToFacts().With("cursor", Cursor.ToString()).With("head", Head.ToString());

    /// <summary>The partition that was read.</summary>
    public PartitionId Partition => PartitionId.Parse(GetText("partition"));

    /// <summary>The cursor's position.</summary>
    public EventId Cursor => new(GetNumber("cursor"));

    /// <summary>The newest event.</summary>
    public EventId Head => new(GetNumber("head"));

    internal static CursorAheadException Of(RemoteError error) =>
        new(PartitionId.In(error.Facts), new EventId(error.Facts.Number("cursor")), new EventId(error.Facts.Number("head")));
}
