namespace Reflex.Orleans.Logs;

/// <summary>What a log says of a place between two events.</summary>
/// <param name="Epoch">The epoch of the event before it; null when it isn't known.</param>
/// <param name="NextEpoch">The epoch of the event after it; null when there is none.</param>
/// <param name="NextAppendedAt">When the event after it was appended, by its owner's clock; null when there is none.</param>
internal readonly record struct LogPlace(long? Epoch, long? NextEpoch, DateTimeOffset? NextAppendedAt);
