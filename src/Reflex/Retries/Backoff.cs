namespace Reflex.Retries;

/// <summary>How long to wait before an attempt is repeated: doubling from the first wait up to a longest, with jitter.</summary>
public sealed record Backoff
{
    /// <summary>The wait after the first failure.</summary>
    /// <value>The default is 100 ms. Positive.</value>
    public TimeSpan Initial
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(Initial));
            field = value;
        }
    } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait.</summary>
    /// <value>The default is 1 minute. Positive.</value>
    public TimeSpan Longest
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(Longest));
            field = value;
        }
    } = TimeSpan.FromMinutes(1);

    /// <summary>The share of a wait that is taken off at random, so that many who failed together don't come back together.</summary>
    /// <value>The default is 0.2; 0 to 1.</value>
    public double Jitter
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Jitter));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, nameof(Jitter));
            field = value;
        }
    } = 0.2;

    /// <summary>The wait after some failures in a row.</summary>
    /// <param name="failures">How many; at least 1.</param>
    /// <param name="random">The source of the jitter.</param>
    /// <returns>The wait.</returns>
    public TimeSpan After(int failures, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        ArgumentNullException.ThrowIfNull(random);
        var doubled = Initial.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 62));
        return TimeSpan.FromMilliseconds(Math.Min(doubled, Longest.TotalMilliseconds) * (1 - (Jitter * random.NextDouble())));
    }
}
