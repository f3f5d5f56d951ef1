using CsCheck;
using Reflex.Streams;

namespace Reflex.Tests.Streams;

public sealed class PartitionIdTests
{
    [Fact]
    public void Parse_TextOfAnyPartition_RoundTrips() => Gen.Int[0, 1023].Sample(index =>
    {
        var partition = new PartitionId("orders.v2", index);
        Assert.Equal(partition, PartitionId.Parse(partition.ToString()));
    });

    [Theory]
    [InlineData("")]
    [InlineData("orders")]
    [InlineData("orders/")]
    [InlineData("/3")]
    [InlineData("orders/-1")]
    [InlineData("orders/1024")]
    [InlineData("orders/x")]
    [InlineData("Orders/3")]
    [InlineData("a/b/3")]
    public void Parse_OtherText_IsRefused(string text) => Assert.Throws<FormatException>(() => PartitionId.Parse(text));
}
