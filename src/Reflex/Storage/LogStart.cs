using Reflex.Events;

namespace Reflex.Storage;

/// <summary>Where a log begins into which another one's events are imported.</summary>
/// <remarks>
/// A log is copied whole from the event before its oldest one on: that one's epoch is the <see cref="EventBatch.PreviousEpoch"/> of the
/// oldest batch, and its append time isn't later than that batch's. A log without events is copied as its head alone.
/// </remarks>
/// <param name="After">The event before the first one that the log will hold; <see cref="EventId.None"/> to begin with the first.</param>
/// <param name="Epoch">The epoch of that event; 0 when there is none.</param>
/// <param name="AppendedAt">When that event was appended; 1970 when there is none.</param>
/// <param name="GreatestEpoch">The greatest epoch of all events that will be imported, and not less than <paramref name="Epoch"/>.</param>
public readonly record struct LogStart(EventId After, long Epoch, DateTimeOffset AppendedAt, long GreatestEpoch)
{
    // What an owner draws after it must leave room for the owners to come.
    private const long MaxEpoch = long.MaxValue / 2;

    /// <summary>Refuses what no log can begin after; for storages.</summary>
    /// <param name="paramName">The parameter that it came as.</param>
    /// <exception cref="ArgumentException">It contradicts itself, or is out of range.</exception>
    public void ThrowIfImpossible(string paramName)
    {
        if (After.Value is < 0 or > long.MaxValue / 2 || Epoch < 0 || GreatestEpoch < Epoch || GreatestEpoch > MaxEpoch
            || AppendedAt < DateTimeOffset.UnixEpoch || (After.IsNone && (Epoch != 0 || AppendedAt != DateTimeOffset.UnixEpoch)))
        {
            throw new ArgumentException(
                $"A log can't begin after event {After} of epoch {Epoch}, appended at {AppendedAt:O}, with epochs up to {GreatestEpoch}: "
                + "take all of them from the log that is copied.",
                paramName);
        }
    }
}
