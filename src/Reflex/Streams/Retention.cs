namespace Reflex.Streams;

/// <summary>How long a stream keeps its events. The oldest go first, in whole segments; ids go on, though all may be gone.</summary>
public sealed record Retention
{
    /// <summary>Everything is kept.</summary>
    public static Retention Forever { get; } = new();

    /// <summary>Events go some time after they were appended; null, the default, keeps them whatever their age.</summary>
    /// <remarks>
    /// Events are removed together that were appended soon after one another, as a rule within a quarter of this time, and when the
    /// youngest of them is older than this: then they are gone within a maintenance interval, also when no more events come.
    /// </remarks>
    public TimeSpan? MaxAge
    {
        get;
        init
        {
            if (value is { } age)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero, nameof(MaxAge));
            }

            field = value;
        }
    }

    /// <summary>
    /// The size in bytes that a partition is cut down to; null, the default, sets no limit. However large, the newest events stay.
    /// </summary>
    public long? MaxBytes
    {
        get;
        init
        {
            if (value is { } bytes)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(bytes, 0, nameof(MaxBytes));
            }

            field = value;
        }
    }

    /// <summary>The bounds in words, for people to read.</summary>
    /// <returns>"forever", "at most 7.00:00:00", "at most 1000 bytes a partition", or both bounds.</returns>
    public override string ToString() => (MaxAge, MaxBytes) switch
    {
        (null, null) => "forever",
        ({ } age, null) => $"at most {age:c}",
        (null, { } bytes) => $"at most {bytes} bytes a partition",
        ({ } age, { } bytes) => $"at most {age:c} and {bytes} bytes a partition",
    };
}
