using Reflex.AspNetCore.Reading;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Reading;

public sealed class StreamStartTests(Cluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FindAsync_OfOnePartition_AsksNoOther(bool fromHead)
    {
        var name = await cluster.NewStreamAsync(partitions: 4);
        var stream = new FaultyStream(cluster.Client.GetStream(name));
        await stream.AppendAsync(Enumerable.Range(0, 40).Select(i => new NewEvent(i, $"entity-{i}")).ToArray(), Token);
        var head = (await cluster.Client.GetStream(name).GetStatusAsync(Token)).Partitions[2].HeadPlace;

        var start = await StreamStart.FindAsync(stream, new StreamQuery(Cursor.Empty, 2, fromHead, ToHead: false, TimeSpan.Zero), Token);

        Assert.Equal(fromHead ? Cursor.After(head) : Cursor.Empty, start.Cursor);
        Assert.Equal(!fromHead, start.HasEvents);
        Assert.Equal(0, stream.StatusCalls);
    }

    [Fact]
    public async Task FindAsync_OfAPartitionThatIsNone_SaysHowManyThereAre()
    {
        var stream = cluster.Client.GetStream(await cluster.NewStreamAsync(partitions: 4));

        var error = await Assert.ThrowsAsync<PartitionNotFoundException>(
            () => StreamStart.FindAsync(stream, new StreamQuery(Cursor.Empty, 4, FromHead: false, ToHead: false, TimeSpan.Zero), Token));

        Assert.Equal((4, 4), (error.Partition, error.Partitions));
    }
}
