using CsCheck;
using Reflex.Streams;

namespace Reflex.Tests.Streams;

public sealed class PartitioningTests
{
    // These never change: an entity's order depends on its events staying in one partition.
    [Theory]
    [InlineData("", 4, 1)]
    [InlineData("42", 4, 1)]
    [InlineData("user-123456", 4, 1)]
    [InlineData("user-123456", 7, 5)]
    [InlineData("user-123456", 1024, 581)]
    [InlineData("größe", 16, 5)]
    [InlineData("語", 1024, 347)]
    public void PartitionOf_KnownForeignIds_NeverMove(string foreignId, int partitions, int expected) =>
        Assert.Equal(expected, Partitioning.PartitionOf(foreignId, partitions));

    [Fact]
    public void PartitionOf_AnyForeignId_IsInRangeAndStable() => Gen.Select(Gen.String, Gen.Int[1, 1024]).Sample((foreignId, partitions) =>
    {
        var partition = Partitioning.PartitionOf(foreignId, partitions);
        Assert.InRange(partition, 0, partitions - 1);
        Assert.Equal(partition, Partitioning.PartitionOf(new string(foreignId), partitions));
    });

    [Fact]
    public void PartitionOf_ForeignIdOverTheLimit_StillHasOne() =>
        Assert.InRange(Partitioning.PartitionOf(new string('語', 1000), 5), 0, 4);

    [Fact]
    public void PartitionOf_ManyForeignIds_SpreadEvenly()
    {
        var counts = new int[8];
        for (var i = 0; i < 8000; i++)
        {
            counts[Partitioning.PartitionOf($"user-{i}", counts.Length)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1024)]
    public void PartitionOf_HalfASurrogatePair_IsNoEntity(int partitions)
    {
        string[] refused = ["a\ud83d", "\udca9", "\udca9\ud83d", new string('語', 1000) + "\ud83d"];
        Assert.All(refused, foreignId => Assert.Contains(
            "is not text",
            Assert.Throws<ArgumentException>(() => Partitioning.PartitionOf(foreignId, partitions)).Message,
            StringComparison.Ordinal));
    }

    [Fact]
    public void PartitionOf_Misuse_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => Partitioning.PartitionOf(null!, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Partitioning.PartitionOf("1", 0));
    }
}
