using Reflex.Cursors;

namespace Reflex.Events;

/// <summary>What the events of a page have in common, so that each needs but a reference.</summary>
/// <param name="Partition">The partition that holds them.</param>
/// <param name="Epoch">The epoch of its owner that appended them; 0 when it isn't known.</param>
/// <param name="Others">The reader's cursor, from which theirs are made.</param>
internal sealed record EventOrigin(int Partition, long Epoch, Cursor Others)
{
    private static readonly EventOrigin?[] OfPartitions = new EventOrigin?[Cursor.MaxPartitions];

    /// <summary>
    /// The origin of events that may come one by one: where nothing is known but the partition, it is the same object for all of them.
    /// </summary>
    public static EventOrigin Of(int partition, long epoch, Cursor others) =>
        epoch == 0 && others is { Places: 1, IsEmpty: true } && partition < OfPartitions.Length
            ? OfPartitions[partition] ??= new EventOrigin(partition, epoch, others)
            : new EventOrigin(partition, epoch, others);
}
