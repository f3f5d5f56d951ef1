using Reflex.Events;

namespace Reflex.Streams;

/// <summary>How a stream is read.</summary>
public sealed record StreamOptions
{
    /// <summary>From the cursor, endlessly, without lag.</summary>
    public static StreamOptions Default { get; } = new();

    // A timer takes 49 days at most, and a timestamp and a lag may lie further apart than a time can express.
    private static TimeSpan LongestPause { get; } = TimeSpan.FromDays(1);

    /// <summary>Only events newer than the head at the time of the call; overrides the cursor.</summary>
    /// <value>The default is false.</value>
    public bool FromHead { get; init; }

    /// <summary>Ends the stream with <see cref="HeadReachedException"/> as soon as nothing newer is available.</summary>
    /// <value>The default is false: the stream is endless.</value>
    public bool ToHead { get; init; }

    /// <summary>
    /// An event is handed out only when its timestamp is at least this old. With <see cref="ToHead"/> an event that is too
    /// young ends the stream.
    /// </summary>
    /// <value>The default is zero. Never negative.</value>
    public TimeSpan Lag
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(Lag));
            field = value;
        }
    }

    /// <summary>How long whoever reads waits before an event is as old as <see cref="Lag"/> has it. For authors of streams.</summary>
    /// <param name="e">The event that comes next.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>The time to pause before asking again, at most a day; zero when the event is old enough.</returns>
    public TimeSpan PauseBefore(Event e, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(e);
        ArgumentNullException.ThrowIfNull(timeProvider);
        var age = timeProvider.GetUtcNow() - e.Timestamp;
        if (age >= Lag)
        {
            return TimeSpan.Zero;
        }

        return Lag - LongestPause > age ? LongestPause : Lag - age;
    }
}
