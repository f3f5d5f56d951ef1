using Reflex.Streams;

namespace Reflex.Tests.Streams;

public sealed class RetentionTests
{
    [Fact]
    public void ToString_EveryForm_ReadsAsText()
    {
        Assert.Equal("forever", Retention.Forever.ToString());
        Assert.Equal("at most 7.00:00:00", new Retention { MaxAge = TimeSpan.FromDays(7) }.ToString());
        Assert.Equal("at most 5 bytes a partition", new Retention { MaxBytes = 5 }.ToString());
        Assert.Equal(
            "at most 00:00:01 and 5 bytes a partition", new Retention { MaxAge = TimeSpan.FromSeconds(1), MaxBytes = 5 }.ToString());
    }

    [Fact]
    public void Init_NotPositive_IsRefusedNamingTheProperty()
    {
        Assert.Equal("MaxAge", Assert.Throws<ArgumentOutOfRangeException>(() => new Retention { MaxAge = TimeSpan.Zero }).ParamName);
        Assert.Equal("MaxBytes", Assert.Throws<ArgumentOutOfRangeException>(() => new Retention { MaxBytes = 0 }).ParamName);
    }
}
