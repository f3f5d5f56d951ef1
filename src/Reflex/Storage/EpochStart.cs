using Reflex.Events;

namespace Reflex.Storage;

/// <summary>From which event on a log's events are of an epoch.</summary>
/// <param name="First">The first event of that epoch.</param>
/// <param name="Epoch">The epoch; 0 where nobody can say.</param>
public readonly record struct EpochStart(EventId First, long Epoch);
