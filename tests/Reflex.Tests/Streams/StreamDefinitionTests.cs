using Reflex.Streams;

namespace Reflex.Tests.Streams;

public sealed class StreamDefinitionTests
{
    [Fact]
    public void Create_OnlyAName_HasOnePartitionAndKeepsForever()
    {
        var definition = new StreamDefinition("orders");
        Assert.Equal(1, definition.Partitions);
        Assert.Equal(Retention.Forever, definition.Retention);
        Assert.Equal(new StreamDefinition("orders", 1, new Retention()), definition);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Create_PartitionCountOutOfRange_IsRefused(int partitions) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamDefinition("orders", partitions));

    [Fact]
    public void StreamOptions_NegativeLag_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamOptions { Lag = TimeSpan.FromTicks(-1) });
}
