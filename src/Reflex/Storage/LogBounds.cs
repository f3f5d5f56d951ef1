using Reflex.Events;

namespace Reflex.Storage;

/// <summary>What a log holds, at one moment.</summary>
/// <param name="Oldest">The oldest retained event; one more than <paramref name="Head"/> when it holds none.</param>
/// <param name="Head">The newest durable event; <see cref="EventId.None"/> when there never was one.</param>
/// <param name="Bytes">What it takes in its storage, in bytes.</param>
/// <param name="HeadEpoch">The epoch of the newest event, also when retention has removed it; 0 when there never was one.</param>
/// <param name="HeadAppendedAt">
/// When the newest event was appended, by its owner's clock, also when retention has removed it; 1970 when there never was one. Where that
/// clock was wrong, it may be a time nearer to the truth.
/// </param>
public readonly record struct LogBounds(
    EventId Oldest, EventId Head, long Bytes, long HeadEpoch, DateTimeOffset HeadAppendedAt)
{
    /// <summary>The bounds of a log that never had an event.</summary>
    public static LogBounds Empty { get; } = new(new EventId(1), EventId.None, 0, 0, DateTimeOffset.UnixEpoch);
}
