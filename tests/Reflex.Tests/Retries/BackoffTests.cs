using CsCheck;
using Reflex.Retries;

namespace Reflex.Tests.Retries;

public sealed class BackoffTests
{
    [Fact]
    public void After_AnyFailuresAndJitter_IsWithinItsShareOfTheDoubledWait() =>
        Gen.Select(Gen.Int[1, int.MaxValue], Gen.Double[0, 1], Gen.Int).Sample((failures, jitter, seed) =>
        {
            var backoff = new Backoff { Jitter = jitter };
            var full = Math.Min(100 * Math.Pow(2, failures - 1), 60_000);
            Assert.InRange(backoff.After(failures, new Random(seed)).TotalMilliseconds, (full * (1 - jitter)) - 1, full);
        });

    [Fact]
    public void Init_OutOfRange_IsRefusedNamingTheProperty()
    {
        Assert.Equal("Initial", Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff { Initial = TimeSpan.Zero }).ParamName);
        Assert.Equal("Longest", Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff { Longest = TimeSpan.Zero }).ParamName);
        Assert.Equal("Jitter", Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff { Jitter = 1.1 }).ParamName);
        Assert.Equal("Jitter", Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff { Jitter = -0.1 }).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff().After(0, Random.Shared));
    }
}
