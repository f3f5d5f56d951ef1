using Reflex.Events;

namespace Reflex.Streams;

/// <summary>Where an appended event stands.</summary>
/// <param name="Partition">Its partition, from 0.</param>
/// <param name="Id">Its id there.</param>
public readonly record struct EventPosition(int Partition, EventId Id);
