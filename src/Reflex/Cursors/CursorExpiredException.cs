using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cursors;

/// <summary>Retention has removed events that a cursor has not passed. Reading never jumps over them silently.</summary>
public sealed class CursorExpiredException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("cursor-expired", ErrorKind.Gone, "Cursor older than retention");

    /// <inheritdoc cref="CursorExpiredException"/>
    /// <param name="partition">The partition that was read.</param>
    /// <param name="cursor">The cursor's position in it.</param>
    /// <param name="oldest">The oldest retained event of it.</param>
    public CursorExpiredException(PartitionId partition, EventId cursor, EventId oldest)
        : base(
            $"The cursor {cursor} of {partition} is older than its retention: the oldest retained event is {oldest}, so events "
            + $"{First(cursor, oldest)} to {new EventId(oldest.Value - 1)} are gone; "
            + $"to continue without them set the cursor to {new EventId(oldest.Value - 1)}.",
            isTransient: false)
    {
        SetFact("partition", partition.ToString());
        SetFact("cursor", cursor.Value);
        SetFact("oldest", oldest.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Partition.ToFacts().With("cursor", Cursor.ToString()).With("oldest", Oldest.ToString());

    /// <summary>The partition that was read.</summary>
    public PartitionId Partition => PartitionId.Parse(GetText("partition"));

    /// <summary>The cursor's position.</summary>
    public EventId Cursor => new(GetNumber("cursor"));

    /// <summary>The oldest retained event.</summary>
    public EventId Oldest => new(GetNumber("oldest"));

    internal static CursorExpiredException Of(RemoteError error) =>
        new(PartitionId.In(error.Facts), new EventId(error.Facts.Number("cursor")), new EventId(error.Facts.Number("oldest")));

    // A server's error may name any two numbers, of which the largest has none after it.
    private static EventId First(EventId cursor, EventId oldest) => new(Math.Min(cursor.Value, oldest.Value - 2) + 1);
}
