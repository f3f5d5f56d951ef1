using Reflex.Events;

namespace Reflex.Streams;

/// <summary>How long an event must still wait to be old enough for a reader with a lag.</summary>
internal static class EventLag
{
    // A timer takes 49 days at most, and a timestamp and a lag may lie further apart than a time can express.
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <summary>The time to pause before looking again; zero when the event is old enough.</summary>
    public static TimeSpan Pause(Event e, TimeSpan lag, TimeProvider timeProvider)
    {
        var age = timeProvider.GetUtcNow() - e.Timestamp;
        if (age >= lag)
        {
            return TimeSpan.Zero;
        }

        return lag - LongestPause > age ? LongestPause : lag - age;
    }
}
