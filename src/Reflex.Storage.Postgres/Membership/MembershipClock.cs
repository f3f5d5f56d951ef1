namespace Reflex.Storage.Postgres.Membership;

/// <summary>The clock of the membership: PostgreSQL's, as far as it was compared.</summary>
/// <remarks>
/// Silos compare what others wrote into the membership, and told them of it, with their own clock. One whose clock is ahead by an hour
/// would take every other one that joins for one that can't, look alive for an hour after its death, and make others' votes look outdated.
/// </remarks>
/// <param name="own">The silo's clock.</param>
internal sealed class MembershipClock(TimeProvider own) : TimeProvider
{
    // Clocks of one network are nearer to one another.
    private static readonly TimeSpan Unimportant = TimeSpan.FromSeconds(1);

    private long _ahead;

    /// <summary>What the silo's clock says.</summary>
    public DateTime OwnNow => own.GetUtcNow().UtcDateTime;

    /// <summary>By how much the silo's clock is ahead.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Volatile.Read(ref _ahead));

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => own.GetUtcNow() - Ahead;

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
}
