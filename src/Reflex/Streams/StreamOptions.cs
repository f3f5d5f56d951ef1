namespace Reflex.Streams;

/// <summary>How a stream is read.</summary>
public sealed record StreamOptions
{
    /// <summary>From the cursor, endlessly, without lag.</summary>
    public static StreamOptions Default { get; } = new();

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
}
