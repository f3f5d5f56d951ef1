using Microsoft.Extensions.Time.Testing;
using Reflex.Storage.Postgres.Membership;

namespace Reflex.Storage.Postgres.Tests.Membership;

public sealed class MembershipClockTests
{
    private static readonly DateTime Noon = new(2026, 11, 27, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(900, 1, 0)]
    [InlineData(5_000, 1, 5_000)]
    [InlineData(-5_000, 1, -5_000)]
    [InlineData(3_600_000, 20_000, 3_600_000)]
    public void Now_ByAClockThatIsAhead_IsPostgres(int ahead, int took, int shift)
    {
        var own = Noon.AddMilliseconds(ahead);
        var clock = new MembershipClock(new FakeTimeProvider(own));
        clock.Compare(own.AddMilliseconds(-took / 2.0), own.AddMilliseconds(took / 2.0), Noon);

        Assert.Equal(TimeSpan.FromMilliseconds(shift), clock.Ahead);
        Assert.Equal(own.AddMilliseconds(-shift), clock.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public void Now_OfASiloThatStoodStillWhileItAsked_IsItsOwn()
    {
        var clock = new MembershipClock(new FakeTimeProvider());
        clock.Compare(Noon, Noon.AddSeconds(20), Noon);

        Assert.Equal(TimeSpan.Zero, clock.Ahead);
    }
}
