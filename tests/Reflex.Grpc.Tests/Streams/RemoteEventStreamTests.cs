using Grpc.Core;
using Reflex.Cursors;
using Reflex.Grpc.Errors;
using Reflex.Grpc.Tests.Support;
using Reflex.Streams;

namespace Reflex.Grpc.Tests.Streams;

public sealed class RemoteEventStreamTests : GrpcTest
{
    public enum Way
    {
        Client,
        Reflexpb,
        OwnMethod,
    }

    [Theory]
    [InlineData(Way.Client)]
    [InlineData(Way.Reflexpb)]
    [InlineData(Way.OwnMethod)]
    public async Task StreamAsync_WholeStream_HandsOutEachEventOnceInItsPartitionsOrder(Way way)
    {
        Cluster.Add("orders", partitions: 3).Append(100);
        var events = await TakeAsync(Function(way), Cursor.Empty, 100);
        Assert.Equal(Cluster.Streams["orders"].Head, events[^1].Cursor);
        foreach (var partition in events.GroupBy(e => e.Partition))
        {
            Assert.Equal(Enumerable.Range(1, partition.Count()).Select(i => (long)i), partition.Select(e => e.Id.Value));
            Assert.All(partition, e => Assert.Equal(partition.Key, Partitioning.PartitionOf(e.ForeignId, 3)));
        }

        Assert.Equal(Enumerable.Range(1, 100), events.Select(e => e.Type.Value).Order());
        var rest = await TakeAsync(Function(way), events[41].Cursor, 58);
        Assert.Equal(
            events.Skip(42).Select(e => (e.Partition, e.Id)).OrderBy(e => e), rest.Select(e => (e.Partition, e.Id)).OrderBy(e => e));
    }

    /// <summary>The server here knows of no filters, as one of an earlier version.</summary>
    [Theory]
    [InlineData(Way.Client)]
    [InlineData(Way.Reflexpb)]
    [InlineData(Way.OwnMethod)]
    public async Task StreamAsync_SomeEventsOfAServerThatSendsAll_HandsOutThoseAndTellsHowFarItHasRead(Way way)
    {
        Cluster.Add("orders").Append(20);
        var passed = Cursor.Empty;
        var options = new StreamOptions { ToHead = true, Types = [3, 9], Passed = cursor => passed = cursor };
        var ids = new List<long>();

        await Assert.ThrowsAsync<HeadReachedException>(async () =>
        {
            await foreach (var e in Function(way)(Cursor.Empty, options, Ending))
            {
                ids.Add(e.Id.Value);
            }
        });

        Assert.Equal([3, 9], ids);
        Assert.Equal(20, passed.Of(0)?.Id.Value);
    }

    [Theory]
    [InlineData(Way.Client)]
    [InlineData(Way.Reflexpb)]
    [InlineData(Way.OwnMethod)]
    public async Task StreamAsync_ServerKilledTwentyTimes_NeitherGapNorRepeat(Way way)
    {
        const int Kills = 20;
        const int EventsBetween = 13;
        var stream = Cluster.Add("orders");
        stream.Append(EventsBetween);
        var ids = new List<long>();
        await foreach (var e in Function(way)(Cursor.Empty, StreamOptions.Default, Ending))
        {
            ids.Add(e.Id.Value);
            if (ids.Count == EventsBetween * (Kills + 1))
            {
                break;
            }

            if (ids.Count % EventsBetween == 5)
            {
                await Server.KillAsync();
                stream.Append(EventsBetween);
                await Server.StartAgainAsync();
            }
        }

        Assert.Equal(Enumerable.Range(1, EventsBetween * (Kills + 1)).Select(i => (long)i), ids);
        Assert.True(Cluster.Requests.Count(request => request is V1.StreamRequest or Reflexpb.StreamRequest) > Kills / 2);
    }

    [Theory]
    [InlineData(Way.Client)]
    [InlineData(Way.Reflexpb)]
    [InlineData(Way.OwnMethod)]
    public async Task StreamAsync_CallBreaksBeforeEveryThirdMessage_NeitherGapNorRepeat(Way way)
    {
        Cluster.Add("orders", partitions: 2).Append(300);
        Cluster.OnMessage = (sent, _) => sent == 2
            ? throw new RpcException(new Status(StatusCode.Unavailable, "broken"))
            : Task.CompletedTask;
        var events = await TakeAsync(Function(way), Cursor.Empty, 300);
        Assert.Equal(300, events.Select(e => (e.Partition, e.Id)).Distinct().Count());
    }

    [Theory]
    [InlineData(Way.Client)]
    [InlineData(Way.Reflexpb)]
    [InlineData(Way.OwnMethod)]
    public async Task StreamAsync_ToHead_EndsWithHeadReached(Way way)
    {
        Cluster.Add("orders").Append(10);
        var count = 0;
        var error = await Assert.ThrowsAsync<HeadReachedException>(async () =>
        {
            await foreach (var e in Function(way)(Cursor.Empty, new StreamOptions { ToHead = true }, Ending))
            {
                count++;
            }
        });
        Assert.Equal(10, count);
        Assert.Equal("The head is reached.", error.Message);
    }

    [Theory]
    [InlineData(Way.Client)]
    [InlineData(Way.Reflexpb)]
    [InlineData(Way.OwnMethod)]
    public async Task StreamAsync_ServerStops_EndsWithStreamStoppedAfterTheEvents(Way way)
    {
        Cluster.Add("orders").Append(10);
        Cluster.OnMessage = (sent, _) => sent == 1
            ? throw Failures.With(StatusCode.Unavailable, "Stopping.", Code(ErrorReasons.StreamStoppedCode))
            : Task.CompletedTask;
        var ids = new List<long>();
        await Assert.ThrowsAsync<StreamStoppedException>(async () =>
        {
            await foreach (var e in Function(way)(Cursor.Empty, StreamOptions.Default, Ending))
            {
                ids.Add(e.Id.Value);
            }
        });
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], ids);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public async Task StreamAsync_FromHeadBreaksBeforeTheFirstEvent_MissesNothing(int? partition)
    {
        var stream = Cluster.Add("orders", partitions: 2);
        stream.Append(50);
        var before = stream.Head;
        var calls = 0;
        Cluster.OnCall = (request, _) =>
        {
            if (request is V1.StreamRequest && Interlocked.Increment(ref calls) == 1)
            {
                stream.Append(50);
                throw new RpcException(new Status(StatusCode.Unavailable, "broken"));
            }

            return Task.CompletedTask;
        };
        var orders = Client().GetStream("orders");
        var options = new StreamOptions { FromHead = true };
        var events = partition is { } one
            ? await TakeAsync(orders.Partition(one)(Cursor.Empty, options, Ending), 5)
            : await TakeAsync(orders.StreamAsync(Cursor.Empty, options, Ending), 50);
        foreach (var group in events.GroupBy(e => e.Partition))
        {
            Assert.Equal(before.Of(group.Key)!.Value.Id.Next, group.First().Id);
        }
    }

    [Theory]
    [InlineData(Way.Reflexpb)]
    [InlineData(Way.OwnMethod)]
    public async Task StreamAsync_FromHeadBreaksWhereTheHeadIsUnknown_EndsInsteadOfMissingEvents(Way way)
    {
        Cluster.Add("orders").Append(5);
        Cluster.OnCall = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "broken"));
        await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => TakeAsync(Function(way)(Cursor.Empty, new StreamOptions { FromHead = true }, Ending), 1));
        Assert.Single(Cluster.Requests);
    }

    [Fact]
    public async Task StreamAsync_NobodyListens_GivesUpInTime()
    {
        await Server.KillAsync();
        var options = Fast with { ReadRetryTimeout = TimeSpan.FromMilliseconds(100) };
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => TakeAsync(Client(options).GetStream("orders").StreamAsync(Cursor.Empty, Ending), 1));
        Assert.StartsWith("Could not read the stream 'orders'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamAsync_Cancelled_EndsWithThat()
    {
        Cluster.Add("orders").Append(1);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var events = Client().GetStream("orders").StreamAsync(Cursor.Empty, ending.Token).GetAsyncEnumerator(Ending);
        Assert.True(await events.MoveNextAsync());
        var next = events.MoveNextAsync();
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        await events.DisposeAsync();
    }

    [Fact]
    public async Task StreamAsync_UnknownStream_NamesIt()
    {
        var error = await Assert.ThrowsAsync<StreamNotFoundException>(
            () => TakeAsync(Client().GetStream("nothing").StreamAsync(Cursor.Empty, Ending), 1));
        Assert.Equal("nothing", error.Stream.Value);
        Assert.Equal("There is no stream 'nothing': ask for another.", error.Message);
    }

    [Fact]
    public void Partition_CursorOfSeveralPlaces_IsRefused() => Assert.Throws<FormatException>(
        () => Client().GetStream("orders").Partition(0)("1.2", StreamOptions.Default, Ending));

    [Fact]
    public async Task Partition_OneOfThree_HandsOutItsEventsWithPlainIds()
    {
        var stream = Cluster.Add("orders", partitions: 3);
        stream.Append(60);
        var count = (int)stream.Head.Of(2)!.Value.Id.Value;
        var events = await TakeAsync(Client().GetStream("orders").Partition(2), Cursor.Empty, count);
        Assert.All(events, e => Assert.Equal((2, (Cursor)e.Id), (e.Partition, e.Cursor)));
        var others = await TakeAsync(
            GrpcStream.Of(Invoker(), "orders", 2, Fast), Cursor.Empty, count);
        Assert.Equal(events.Select(e => e.ToString()), others.Select(e => e.ToString()));
    }

    [Fact]
    public async Task GetStatusAsync_TwoPartitions_TellsWhatTheyHold()
    {
        var stream = Cluster.Add("orders", partitions: 2);
        stream.Append(20);
        var status = await Client().GetStream("orders").GetStatusAsync(Ending);
        Assert.Equal(new StreamDefinition("orders", 2, new Retention { MaxBytes = 5 }), status.Definition);
        Assert.Equal(
            [0, 1], status.Partitions.Select(partition => partition.Partition));
        Assert.Equal(
            [stream.Head.Of(0), stream.Head.Of(1)], status.Partitions.Select(partition => (CursorPlace?)partition.HeadPlace));
    }

    private static Jettisonpb.WrappedError Code(string code) =>
        new() { Message = "outer", WrappedError_ = new Jettisonpb.WrappedError { Code = code } };

    private CallInvoker Invoker() => global::Grpc.Net.Client.GrpcChannel.ForAddress(Server.Address).CreateCallInvoker();

    private StreamFunc Function(Way way) => way switch
    {
        Way.Client => Client().GetStream("orders").StreamAsync,
        Way.Reflexpb => GrpcStream.Of(Invoker(), "orders", options: Fast),
        _ => GrpcStream.From(new Reflexpb.Reflex.ReflexClient(Invoker()).Stream, "orders", Fast),
    };
}
