using Grpc.Core;
using Reflex.Events;
using Reflex.Grpc.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Grpc.Tests.Appends;

public sealed class StreamAppenderTests : GrpcTest
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task AppendAsync_WhileACallIsUnderWay_GatherAndKeepTheirOrder()
    {
        Cluster.Add("orders");
        HoldFirstCall();
        var orders = Client().GetStream("orders");
        var first = orders.AppendAsync(new NewEvent(0, "a"), Ending);
        await _entered.Task;
        var others = Enumerable.Range(1, 500).Select(i => orders.AppendAsync(new NewEvent(i, "a"), Ending)).ToList();
        var list = orders.AppendAsync([new NewEvent(501, "a"), new NewEvent(502, "b")], Ending);
        _gate.SetResult();
        Assert.Equal(new EventPosition(0, new EventId(1)), await first);
        var positions = await Task.WhenAll(others);
        Assert.Equal(Enumerable.Range(2, 500).Select(i => (long)i), positions.Select(position => position.Id.Value));
        Assert.Equal([502L, 503L], (await list).Select(position => position.Id.Value));
        Assert.Equal([1, 502], Cluster.Requests.OfType<V1.AppendRequest>().Select(request => request.Events.Count));
        var stored = await TakeAsync(orders.Partition(0), "", 503);
        Assert.Equal(Enumerable.Range(0, 503), stored.Select(e => e.Type.Value));
    }

    [Fact]
    public async Task AppendAsync_MoreThanACallTakes_LeavesInSeveral()
    {
        Cluster.Add("orders");
        HoldFirstCall();
        var orders = Client(Fast with { MaxAppendBytes = 1000 }).GetStream("orders");
        var first = orders.AppendAsync(new NewEvent(0, "a"), Ending);
        await _entered.Task;
        var others = Enumerable.Range(1, 20)
            .Select(i => orders.AppendAsync(new NewEvent(i, "a") { Metadata = new byte[300] }, Ending)).ToList();
        _gate.SetResult();
        await Task.WhenAll([first, .. others]);
        Assert.Equal([1, 3, 3, 3, 3, 3, 3, 2], Cluster.Requests.Cast<V1.AppendRequest>().Select(request => request.Events.Count));
        Assert.All(Cluster.Requests.Cast<V1.AppendRequest>(), request => Assert.True(request.CalculateSize() < 1100));
    }

    [Fact]
    public async Task AppendAsync_ManyCallersAtOnce_EachHasItsOwnPosition()
    {
        var stream = Cluster.Add("orders", partitions: 4);
        var orders = Client().GetStream("orders");
        var positions = await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            var own = new List<EventPosition>();
            for (var i = 0; i < 100; i++)
            {
                var position = await orders.AppendAsync(new NewEvent(i, $"entity-{caller}"), Ending);
                Assert.Equal(Partitioning.PartitionOf($"entity-{caller}", 4), position.Partition);
                own.Add(position);
            }

            return own;
        })));
        Assert.Equal(1600, positions.SelectMany(own => own).Distinct().Count());
        Assert.All(positions, own => Assert.Equal(own.OrderBy(position => position.Id), own));
        Assert.Equal(1600, Enumerable.Range(0, 4).Sum(i => stream.Head.Of(i)!.Value.Id.Value));
    }

    [Fact]
    public async Task AppendAsync_HalfASurrogatePair_IsRefusedAloneAndWithItsList()
    {
        const string Text = "a\ud83d";
        Cluster.Add("orders", partitions: 2);
        HoldFirstCall();
        var orders = Client().GetStream("orders");
        var first = orders.AppendAsync(new NewEvent(0, "a"), Ending);
        await _entered.Task;
        var before = orders.AppendAsync(new NewEvent(1, "a"), Ending);
        var alone = orders.AppendAsync(new NewEvent(2, Text), Ending);
        var list = orders.AppendAsync([new NewEvent(3, "a"), new NewEvent(4, Text), new NewEvent(5, "b")], Ending);
        var after = orders.AppendAsync(new NewEvent(6, "a"), Ending);
        _gate.SetResult();

        Assert.Contains(
            "is not text", (await Assert.ThrowsAsync<ArgumentException>(() => alone)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => list);
        await Task.WhenAll(first, before, after);
        Assert.Equal(
            [0, 1, 6], Cluster.Requests.OfType<V1.AppendRequest>().SelectMany(request => request.Events).Select(e => e.Type));
    }

    [Fact]
    public async Task AppendAsync_EveryField_ArrivesAsItWas()
    {
        Cluster.Add("orders");
        var orders = Client().GetStream("orders");
        var time = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero).AddTicks(1234567);
        var metadata = new byte[] { 1, 2, 3 };
        await orders.AppendAsync(new NewEvent(-5, "ß") { Timestamp = time, Metadata = metadata, Trace = new byte[] { 9 } }, Ending);
        var e = Assert.Single(await TakeAsync(orders.Partition(0), "", 1));
        Assert.Equal((-5, "ß", time), (e.Type.Value, e.ForeignId, e.Timestamp));
        Assert.Equal(metadata, e.Metadata.ToArray());
        Assert.Equal([9], e.Trace.ToArray());
    }

    [Fact]
    public async Task AppendAsync_ConnectionBreaks_IsUnknownAndNotSentAgain()
    {
        Cluster.Add("orders");
        Cluster.OnCall = (_, _) =>
        {
            _entered.TrySetResult();
            return _gate.Task;
        };
        var append = Client().GetStream("orders").AppendAsync(new NewEvent(1, "a"), Ending);
        await _entered.Task;
        var killing = Server.KillAsync();
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => append);
        Assert.StartsWith("Could not append to orders", error.Message, StringComparison.Ordinal);
        _gate.SetResult();
        await killing;
        Assert.Single(Cluster.Requests);
    }

    [Fact]
    public async Task AppendAsync_AfterAFailure_WorksAgain()
    {
        Cluster.Add("orders");
        var orders = Client().GetStream("orders");
        Cluster.OnCall = (_, _) => throw Failures.Reflex(
            StatusCode.Unavailable, "LOG_FAILED", "The disk is gone.", ("partition", "orders/0"));
        await Assert.ThrowsAsync<Storage.LogFailedException>(() => orders.AppendAsync(new NewEvent(1, "a"), Ending));
        Cluster.OnCall = null;
        Assert.Equal(1, (await orders.AppendAsync(new NewEvent(1, "a"), Ending)).Id.Value);
    }

    [Fact]
    public async Task AppendAsync_OneOfAGroupIsRefused_OthersAreAppended()
    {
        Cluster.Add("orders");
        Cluster.OnCall = async (request, _) =>
        {
            if (((V1.AppendRequest)request).Events.Any(e => e.Type == 2))
            {
                throw Failures.Reflex(StatusCode.InvalidArgument, "EVENT_TOO_LARGE", "Too large.", ("size", "9"), ("limit", "8"));
            }

            _entered.TrySetResult();
            await _gate.Task;
        };
        var orders = Client().GetStream("orders");
        var first = orders.AppendAsync(new NewEvent(0, "a"), Ending);
        await _entered.Task;
        var appends = Enumerable.Range(1, 3).Select(i => orders.AppendAsync(new NewEvent(i, "a"), Ending)).ToList();
        _gate.SetResult();
        await Assert.ThrowsAsync<EventTooLargeException>(() => appends[1]);
        Assert.Equal([1L, 2L, 3L], (await Task.WhenAll(first, appends[0], appends[2])).Select(position => position.Id.Value));
    }

    [Fact]
    public async Task AppendAsync_Cancelled_EndsTheWaitOnly()
    {
        var stream = Cluster.Add("orders");
        HoldFirstCall();
        var orders = Client().GetStream("orders");
        using var ending = new CancellationTokenSource();
        var first = orders.AppendAsync(new NewEvent(0, "a"), ending.Token);
        await _entered.Task;
        var waiting = orders.AppendAsync(new NewEvent(1, "a"), ending.Token);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var other = orders.AppendAsync(new NewEvent(2, "a"), Ending);
        _gate.SetResult();
        Assert.Equal(2, (await other).Id.Value);
        Assert.Equal(2, stream.Head.Of(0)!.Value.Id.Value);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => orders.AppendAsync(new NewEvent(3, "a"), ending.Token));
    }

    [Fact]
    public async Task AppendAsync_WhileAsMuchWaitsAsMay_IsRefusedAndNothingOfItIsSent()
    {
        Cluster.Add("orders");
        HoldFirstCall();
        var orders = Client(Fast with { MaxWaitingBytes = 2_000 }).GetStream("orders");
        var first = orders.AppendAsync(new NewEvent(0, "a"), Ending);
        await _entered.Task;
        var waiting = Enumerable.Range(1, 3).Select(i => orders.AppendAsync(new NewEvent(i, "a"), Ending)).ToList();

        var refused = await Assert.ThrowsAsync<LogBusyException>(() => orders.AppendAsync(new NewEvent(4, "a"), Ending));

        Assert.Equal("More than 2000 bytes wait to be appended to the stream 'orders': append again a little later.", refused.Message);
        Assert.True(refused.IsTransient);
        Assert.Equal(("orders", null, 2_000L), (refused.Stream.Value, refused.Partition, refused.Limit));
        _gate.SetResult();
        await Task.WhenAll([first, .. waiting]);
        Assert.Equal(5, (await orders.AppendAsync(new NewEvent(5, "a"), Ending)).Id.Value);
        Assert.Equal(
            [0, 1, 2, 3, 5], Cluster.Requests.OfType<V1.AppendRequest>().SelectMany(request => request.Events).Select(e => e.Type));
    }

    [Fact]
    public async Task AppendAsync_GivenUpAndRepeatedAgainAndAgain_TakesNoRoomAndIsNotSent()
    {
        Cluster.Add("orders");
        HoldFirstCall();
        var orders = Client(Fast with { MaxWaitingBytes = 2_000 }).GetStream("orders");
        var first = orders.AppendAsync(new NewEvent(0, "a"), Ending);
        await _entered.Task;
        for (var i = 0; i < 100; i++)
        {
            using var givingUp = new CancellationTokenSource();
            var append = orders.AppendAsync([new NewEvent(1, "a"), new NewEvent(2, "b")], givingUp.Token);
            await givingUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
        }

        // Larger than what may wait, and alone.
        var last = orders.AppendAsync(new NewEvent(3, "a") { Metadata = new byte[3_000] }, Ending);
        _gate.SetResult();

        await Task.WhenAll(first, last);
        Assert.Equal([0, 3], Cluster.Requests.OfType<V1.AppendRequest>().SelectMany(request => request.Events).Select(e => e.Type));
    }

    [Fact]
    public async Task AppendAsync_TooLarge_IsRefusedBeforeItTravels()
    {
        var orders = Client(Fast with { MaxEventBytes = 100, MaxAppendBytes = 200 }).GetStream("orders");
        var error = await Assert.ThrowsAsync<EventTooLargeException>(
            () => orders.AppendAsync(new NewEvent(1, "a") { Metadata = new byte[100] }, Ending));
        Assert.Equal((121, 100), (error.Size, error.Limit));
        await Assert.ThrowsAsync<EventTooLargeException>(
            () => orders.AppendAsync([.. Enumerable.Repeat(new NewEvent(1, "a") { Metadata = new byte[50] }, 5)], Ending));
        await Assert.ThrowsAsync<ArgumentException>(() => orders.AppendAsync(new NewEvent(1, new string('x', 1025)), Ending));
        Assert.Empty(await orders.AppendAsync([], Ending));
        Assert.Empty(Cluster.Requests);
    }

    private void HoldFirstCall() => Cluster.OnCall = async (request, _) =>
    {
        if (request is V1.AppendRequest)
        {
            _entered.TrySetResult();
            await _gate.Task;
        }
    };
}
