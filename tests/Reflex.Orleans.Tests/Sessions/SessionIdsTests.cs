using Reflex.Orleans.Sessions;

namespace Reflex.Orleans.Tests.Sessions;

public sealed class SessionIdsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData((1L << 32) + 12_345)]
    [InlineData((1L << 48) - 2)]
    public void After_ANumber_HasTheNextOne(long highest)
    {
        var (id, other) = (SessionIds.After(highest), SessionIds.After(highest));

        Assert.Equal(highest + 1, SessionIds.NumberOf(id));
        Assert.Equal((8, 8), (id.Version, id.Variant & 0xC));
        Assert.NotEqual(id, other);
    }

    [Fact]
    public void NumberOf_AnIdOfAnEarlierSilo_IsNone() => Assert.Null(SessionIds.NumberOf(Guid.NewGuid()));
}
