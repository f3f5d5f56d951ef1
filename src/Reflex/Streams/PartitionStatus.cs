using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Streams;

/// <summary>What a partition holds.</summary>
/// <param name="Partition">Its number, from 0.</param>
/// <param name="Oldest">The oldest retained event; one more than <paramref name="Head"/> when it holds none.</param>
/// <param name="Head">The newest event; <see cref="EventId.None"/> when there never was one.</param>
/// <param name="Bytes">What it takes in its storage, in bytes.</param>
/// <param name="HeadEpoch">The epoch of the newest event; 0 when there never was one, or when it isn't known.</param>
public sealed record PartitionStatus(int Partition, EventId Oldest, EventId Head, long Bytes, long HeadEpoch = 0)
{
    /// <summary>The place at the head: reading after it brings what is newer.</summary>
    public CursorPlace HeadPlace => new(Head, HeadEpoch);
}
