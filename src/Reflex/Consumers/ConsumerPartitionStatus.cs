using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Consumers;

/// <summary>A consumer on one partition.</summary>
/// <param name="Partition">The partition, from 0.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Fault">Why it is stuck; null when it isn't.</param>
/// <param name="Cursor">The last event that it handled; null when it has handled none.</param>
/// <param name="Head">The partition's newest event.</param>
/// <param name="LagEvents">How many retained events it has still to handle.</param>
/// <param name="Lag">
/// How long ago the event that it handles next was appended; zero when there is none. Of one whose time hasn't come, since a clock was
/// set, it is how long that waits at least.
/// </param>
public sealed record ConsumerPartitionStatus(
    int Partition, ConsumerState State, ConsumerFault? Fault, CursorPlace? Cursor, EventId Head, long LagEvents, TimeSpan Lag);
