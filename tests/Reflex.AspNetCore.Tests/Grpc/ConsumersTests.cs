using Grpc.Core;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Grpc;

public sealed class ConsumersTests(Cluster cluster) : GrpcTest(cluster)
{
    private static readonly DateTimeOffset Since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task GetConsumer_StuckOnAnEvent_TellsEverything()
    {
        var consumer = Faults.AddConsumer("orders", "reader");
        var fault = new ConsumerFault("It broke.", new EventId(4), 3, Since, Since.AddSeconds(9));
        consumer.Partitions =
        [
            new(0, ConsumerState.Running, null, null, new EventId(0), 0, TimeSpan.Zero),
            new(1, ConsumerState.Stuck, fault, new EventId(3), new EventId(9), 6, TimeSpan.FromSeconds(7)),
        ];

        var request = new V1.GetConsumerRequest { Stream = "orders", Consumer = "reader" };
        var response = await Consumers.GetConsumerAsync(request, cancellationToken: Token);

        Assert.Equal(("orders", "reader", V1.ConsumerState.Stuck), (response.Id.Stream, response.Id.Consumer, response.State));
        var (idle, stuck) = (response.Partitions[0], response.Partitions[1]);
        Assert.Equal((false, V1.ConsumerState.Running), (idle.HasCursor, idle.State));
        Assert.Equal((1, 3L, 9L, 6L, 7L), (stuck.Partition, stuck.Cursor, stuck.HeadId, stuck.LagEvents, stuck.Lag.Seconds));
        Assert.Equal(("It broke.", 4L, 3), (stuck.Fault.Error, stuck.Fault.EventId, stuck.Fault.Attempts));
        Assert.Equal((Since, Since.AddSeconds(9)), (stuck.Fault.Since.ToDateTimeOffset(), stuck.Fault.NextRetry.ToDateTimeOffset()));
    }

    [Fact]
    public async Task Controls_OfAConsumer_ReachIt()
    {
        var consumer = Faults.AddConsumer("orders", "reader");

        await Consumers.StartConsumerAsync(
            new V1.StartConsumerRequest { Stream = "orders", Consumer = "reader" }, cancellationToken: Token);
        await Consumers.StopConsumerAsync(
            new V1.StopConsumerRequest { Stream = "orders", Consumer = "reader" }, cancellationToken: Token);
        await Consumers.RetryConsumerAsync(
            new V1.RetryConsumerRequest { Stream = "orders", Consumer = "reader" }, cancellationToken: Token);
        await Consumers.SkipEventAsync(
            new V1.SkipEventRequest { Stream = "orders", Consumer = "reader", Partition = 1, EventId = 4 }, cancellationToken: Token);
        await Consumers.SetConsumerCursorAsync(
            new V1.SetConsumerCursorRequest { Stream = "orders", Consumer = "reader", Cursor = "3.4" }, cancellationToken: Token);
        await Consumers.RemoveConsumerAsync(
            new V1.RemoveConsumerRequest { Stream = "orders", Consumer = "reader" }, cancellationToken: Token);

        Assert.Equal(["start", "stop", "retry", "skip 1/4", "cursor '3.4'", "remove"], consumer.Calls);
    }

    [Fact]
    public async Task SkipEvent_AnotherThanTheNext_IsFailedPrecondition()
    {
        Faults.AddConsumer("orders", "reader").FailControls = new InvalidOperationException("The next event is 5.");
        var request = new V1.SkipEventRequest { Stream = "orders", Consumer = "reader", EventId = 4 };

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Consumers.SkipEventAsync(request, cancellationToken: Token));

        GrpcErrors.AssertV1(error, StatusCode.FailedPrecondition, "INVALID_OPERATION");
        Assert.Equal("The next event is 5.", error.Status.Detail);
    }

    [Fact]
    public async Task ListConsumers_OfOneStream_LeavesOutTheOthers()
    {
        Faults.AddConsumer("orders", "reader");
        Faults.AddConsumer("bills", "reader");

        var all = await Consumers.ListConsumersAsync(new V1.ListConsumersRequest(), cancellationToken: Token);
        var some = await Consumers.ListConsumersAsync(new V1.ListConsumersRequest { Stream = "bills" }, cancellationToken: Token);

        Assert.Equal(2, all.Consumers.Count);
        Assert.Equal("bills", Assert.Single(some.Consumers).Stream);
    }

    [Fact]
    public async Task GetConsumer_Unknown_IsNotFound()
    {
        var request = new V1.GetConsumerRequest { Stream = Cluster.Watched, Consumer = "nobody" };
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Consumers.GetConsumerAsync(request, cancellationToken: Token));

        Assert.Equal("nobody", GrpcErrors.AssertV1(error, StatusCode.NotFound, "CONSUMER_NOT_FOUND")["consumer"]);
    }

    [Fact]
    public async Task SetCursor_ThenGet_AnswersIt()
    {
        Faults.Cursors = new MemoryCursorStore();
        var get = new V1.GetCursorRequest { Stream = "orders", Consumer = "reader" };
        var before = await Cursors.GetCursorAsync(get, cancellationToken: Token);

        await Cursors.SetCursorAsync(
            new V1.SetCursorRequest { Stream = "orders", Consumer = "reader", Cursor = "3.4" }, cancellationToken: Token);

        Assert.Equal("", before.Cursor);
        Assert.Equal("3.4", (await Cursors.GetCursorAsync(get, cancellationToken: Token)).Cursor);
    }

    [Fact]
    public async Task SetCursor_UnderAName_MoreThanThereMayBe_IsExhaustedWithItsReason()
    {
        Faults.Cursors = new FullCursors();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await Cursors.SetCursorAsync(
            new V1.SetCursorRequest { Stream = "orders", Consumer = "reader", Cursor = "3" }, cancellationToken: Token));

        var facts = GrpcErrors.AssertV1(error, StatusCode.ResourceExhausted, "CONSUMER_LIMIT");
        Assert.Equal(("orders", "reader", "1000"), (facts["stream"], facts["consumer"], facts["limit"]));
    }

    [Fact]
    public async Task GetConsumer_Unknown_ListsNothingToSayWhatThereIs()
    {
        Faults.FailLists = new InvalidOperationException("a list");
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Consumers.GetConsumerAsync(
            new V1.GetConsumerRequest { Stream = Cluster.Watched, Consumer = "nobody" }, cancellationToken: Token));

        Assert.Contains($"{Cluster.Watched}/{Cluster.Watcher}", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_FailingUnexpectedly_IsInternalWithATraceIdAndLogged()
    {
        Faults.FailLists = new InvalidOperationException("a secret");

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Streams.ListStreamsAsync(new V1.ListStreamsRequest(), cancellationToken: Token));

        Assert.Equal(32, GrpcErrors.AssertV1(error, StatusCode.Internal, "INTERNAL")["traceId"].Length);
        Assert.DoesNotContain("secret", error.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("a secret", Assert.Single(Server.Errors()), StringComparison.Ordinal);
    }

    /// <summary>A store that has as many names as it may.</summary>
    private sealed class FullCursors : ICursorStore
    {
        public ValueTask<Cursor> GetAsync(ConsumerName consumer, CancellationToken cancellationToken) => ValueTask.FromResult(Cursor.Empty);

        public ValueTask SetAsync(ConsumerName consumer, Cursor cursor, CancellationToken cancellationToken) =>
            throw new ConsumerLimitException(new ConsumerId("orders", consumer), 1000, "The option");

        public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RemoveConsumer_ThatTheClusterRuns_IsFailedPrecondition()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Consumers.RemoveConsumerAsync(
            new V1.RemoveConsumerRequest { Stream = Cluster.Watched, Consumer = Cluster.Watcher }, cancellationToken: Token));

        GrpcErrors.AssertV1(error, StatusCode.FailedPrecondition, "CONSUMER_CONFLICT");
    }
}
