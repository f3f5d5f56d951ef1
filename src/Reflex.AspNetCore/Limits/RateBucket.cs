namespace Reflex.AspNetCore.Limits;

/// <summary>What one client may use of one thing: a second's worth at once, and what it takes beyond that it owes first.</summary>
/// <remarks>
/// A token bucket that may go below nothing, which those of <c>System.Threading.RateLimiting</c> can't: there, something larger than a
/// second's worth is refused for ever, or let through for less than it is. Not thread-safe.
/// </remarks>
internal sealed class RateBucket(long perSecond, TimeProvider timeProvider)
{
    private double _left = perSecond;
    private long _at = timeProvider.GetTimestamp();

    /// <summary>Whether nothing is used that would have to be remembered.</summary>
    public bool IsFull
    {
        get
        {
            Fill();
            return _left >= perSecond;
        }
    }

    /// <summary>How long to wait until something may be taken; zero when it may.</summary>
    public TimeSpan Wait
    {
        get
        {
            Fill();
            return _left >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _left) / perSecond);
        }
    }

    public void Take(long amount) => _left -= amount;

    private void Fill()
    {
        var now = timeProvider.GetTimestamp();
        _left = Math.Min(perSecond, _left + (timeProvider.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}
