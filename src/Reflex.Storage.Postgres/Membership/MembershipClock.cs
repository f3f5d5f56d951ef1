namespace Reflex.Storage.Postgres.Membership;

/// <summary>
/// Tells a silo the times of the membership, which are stored by PostgreSQL's clock, by its own, and stores what it tells by PostgreSQL's.
/// </summary>
/// <remarks>
/// Orleans compares what other silos wrote with the clock of the one that reads. A silo whose clock is ahead by an hour would look alive
/// for an hour after its death, and keep others from joining; and its votes would make those of all others look outdated.
/// </remarks>
/// <param name="own">The silo's clock.</param>
internal sealed class MembershipClock(TimeProvider own)
{
    // Clocks of one network are nearer to one another, and what is read is then what was written.
    private static readonly TimeSpan Unimportant = TimeSpan.FromSeconds(1);

    private long _ahead;

    public DateTime Now => own.GetUtcNow().UtcDateTime;

    /// <summary>Takes the time of PostgreSQL that a question was answered with.</summary>
    /// <param name="asked">When it was asked, by the silo's clock.</param>
    /// <param name="answered">When it had been answered, by the silo's clock.</param>
    /// <param name="time">What PostgreSQL answered.</param>
    public void Compare(DateTime asked, DateTime answered, DateTime time)
    {
        // It is from somewhere between the two; of a silo that stood still meanwhile, nothing is known so exactly.
        var doubt = (answered - asked) / 2;
        var ahead = asked + doubt - time;
        Volatile.Write(ref _ahead, ahead.Duration() > doubt + Unimportant ? ahead.Ticks : 0);
    }

    public DateTime ToOwn(DateTime stored) => Shift(stored, Volatile.Read(ref _ahead));

    public DateTime ToStored(DateTime time) => Shift(time, -Volatile.Read(ref _ahead));

    private static DateTime Shift(DateTime time, long ticks) =>
        new(Math.Clamp(time.Ticks + ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
}
