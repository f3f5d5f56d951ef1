namespace Reflex.Consumers;

/// <summary>A consumer in this process that can't get past an event, or can't read.</summary>
/// <param name="Stream">The stream that it consumes; empty when it has no name.</param>
/// <param name="Partition">The partition; null for a whole stream.</param>
/// <param name="Name">Its name.</param>
/// <param name="Since">Since when.</param>
public sealed record StuckConsumer(string Stream, int? Partition, ConsumerName Name, DateTimeOffset Since);
