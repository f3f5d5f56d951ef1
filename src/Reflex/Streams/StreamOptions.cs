using Reflex.Cursors;
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

    /// <summary>Only events of these types; the others don't leave the server, or the owner of the partition.</summary>
    /// <value>The default, null, is every type. Otherwise 1 to 1,000 of them.</value>
    public IReadOnlyList<EventType>? Types
    {
        get;
        init => field = EventFilter.Require(value, "types");
    }

    /// <summary>Only events of these entities; with <see cref="Types"/> only those that are of one of both.</summary>
    /// <value>The default, null, is every entity. Otherwise 1 to 1,000 foreign ids, each as an event may have it.</value>
    public IReadOnlyList<string>? ForeignIds
    {
        get;
        init => field = EventFilter.RequireForeignIds(value);
    }

    /// <summary>
    /// Is told how far the stream was read where no event that is wanted came: whoever goes on after that cursor reads nothing twice. It is
    /// called by whoever asks for the next event, after all events before have been handed out, and must not block.
    /// </summary>
    /// <value>The default is null. Called only while <see cref="Types"/> or <see cref="ForeignIds"/> leave events out.</value>
    public Action<Cursor>? Passed { get; init; }

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
