using Reflex.Cursors;

namespace Reflex.Events;

/// <summary>What the events of a page have in common, so that each needs but a reference.</summary>
/// <param name="Partition">The partition that holds them.</param>
/// <param name="Epoch">The epoch of its owner that appended them; 0 when it isn't known.</param>
/// <param name="Others">The reader's cursor, from which theirs are made.</param>
internal sealed record EventOrigin(int Partition, long Epoch, Cursor Others);
