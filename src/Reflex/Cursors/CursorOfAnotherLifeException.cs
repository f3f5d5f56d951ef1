using System.Globalization;
using Reflex.Streams;

namespace Reflex.Cursors;

/// <summary>
/// The log has another event under the cursor's id than the one that was handled: it was restored from an older copy and went on, or was
/// made anew. What comes after the cursor there may have been missed, so that nothing is read until somebody decides where to continue.
/// </summary>
public sealed class CursorOfAnotherLifeException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("cursor-of-another-life", ErrorKind.Conflict, "Cursor of another life of the log");

    /// <inheritdoc cref="CursorOfAnotherLifeException"/>
    /// <param name="partition">The partition that was read.</param>
    /// <param name="cursor">The cursor's place in it.</param>
    /// <param name="foundEpoch">The epoch of the event that the partition has under its id.</param>
    public CursorOfAnotherLifeException(PartitionId partition, CursorPlace cursor, long foundEpoch)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The cursor {cursor} of {partition} is of another life of its log, where event {cursor.Id} is of epoch {foundEpoch:x}: "
                + $"the log was restored from an older copy, or made anew, and what differs was not handled; set the cursor to where to "
                + $"continue, such as {cursor.Id} without a life to go on from there."),
            isTransient: false)
    {
        SetFact("partition", partition.ToString());
        SetFact("cursor", cursor.ToString());
        SetFact("foundEpoch", foundEpoch);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Partition.ToFacts().With("cursor", Cursor.ToString()).With("foundEpoch", FoundEpoch);

    /// <summary>The partition that was read.</summary>
    public PartitionId Partition => PartitionId.Parse(GetText("partition"));

    /// <summary>The cursor's place in it.</summary>
    public CursorPlace Cursor => CursorPlace.TryParse(GetText("cursor"), out var place) ? place : default;

    /// <summary>The epoch of the event that the partition has under the cursor's id.</summary>
    public long FoundEpoch => GetNumber("foundEpoch");

    internal static CursorOfAnotherLifeException Of(RemoteError error) =>
        new(PartitionId.In(error.Facts), CursorPlace.In(error.Facts, "cursor"), error.Facts.Number("foundEpoch"));
}
