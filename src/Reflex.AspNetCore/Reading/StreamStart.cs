using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Reading;

/// <summary>Where a response begins to read, checked against what the stream holds.</summary>
/// <remarks>
/// A stream whose reader is at the head hands out nothing for as long as nothing happens, errors included. So that a client
/// gets the headers at once, and an error as a status, the place is checked before the reading begins.
/// </remarks>
/// <param name="Cursor">The place; with <c>fromHead</c> the head.</param>
/// <param name="Partitions">How many partitions are read.</param>
/// <param name="HasEvents">Whether events are known to be there, to be handed out at once.</param>
internal sealed record StreamStart(Cursor Cursor, int Partitions, bool HasEvents)
{
    /// <summary>Finds and checks the place.</summary>
    /// <exception cref="ReflexException">
    /// There is no such stream or partition, or the cursor is ahead, expired or of another life.
    /// </exception>
    /// <exception cref="FormatException">The cursor is one of another number of partitions.</exception>
    public static async Task<StreamStart> FindAsync(IEventStream stream, StreamQuery query, CancellationToken cancellationToken)
    {
        IReadOnlyList<PartitionStatus> partitions = query.Partition is { } one
            ? [await stream.GetPartitionStatusAsync(one, cancellationToken)]
            : (await stream.GetStatusAsync(cancellationToken)).Partitions;
        if (query.FromHead)
        {
            return new StreamStart(Heads(partitions), partitions.Count, HasEvents: false);
        }

        if (!query.After.IsEmpty && query.After.Places != partitions.Count)
        {
            throw new FormatException(
                $"The cursor {query.After} has {query.After.Places} place(s), but what is read of the stream '{stream.Name}' has "
                + $"{partitions.Count} partition(s): use the cursor that this reading gave.");
        }

        var hasEvents = false;
        for (var place = 0; place < partitions.Count; place++)
        {
            var partition = partitions[place];
            var position = Check(new PartitionId(stream.Name, partition.Partition), query.After.Of(place), partition);
            hasEvents |= position < partition.Head;
        }

        return new StreamStart(query.After, partitions.Count, hasEvents && query.Lag == TimeSpan.Zero && !query.IsFiltered);
    }

    private static Cursor Heads(IReadOnlyList<PartitionStatus> partitions)
    {
        var heads = Cursor.ForPartitions(partitions.Count);
        for (var place = 0; place < partitions.Count; place++)
        {
            heads = heads.With(place, partitions[place].HeadPlace);
        }

        return heads;
    }

    private static EventId Check(PartitionId partition, CursorPlace? after, PartitionStatus status)
    {
        var beforeOldest = new EventId(status.Oldest.Value - 1);
        var position = after?.Id ?? beforeOldest;
        if (position > status.Head)
        {
            throw new CursorAheadException(partition, position, status.Head);
        }

        if (position < beforeOldest)
        {
            throw new CursorExpiredException(partition, position, status.Oldest);
        }

        // Of an event before the head its epoch is found with what comes after it, which is awaited.
        return after is { Epoch: not 0 } place && position == status.Head && status.HeadEpoch != 0 && status.HeadEpoch != place.Epoch
            ? throw new CursorOfAnotherLifeException(partition, place, status.HeadEpoch)
            : position;
    }
}
