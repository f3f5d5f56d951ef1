using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Tests.Support;
using Reflex.Streams;

namespace Reflex.Grpc.Tests;

public sealed class ReflexGrpcClientTests : GrpcTest
{
    [Fact]
    public async Task DefineStreamAsync_TwiceAndListed_ComesBack()
    {
        var client = Client();
        var retention = new Retention { MaxAge = TimeSpan.FromDays(3), MaxBytes = 7 };
        Assert.True(await client.DefineStreamAsync(new StreamDefinition("b", 2, retention), Ending));
        Assert.False(await client.DefineStreamAsync(new StreamDefinition("b", 2), Ending));
        Assert.True(await client.DefineStreamAsync(new StreamDefinition("a"), Ending));
        var first = ((V1.DefineStreamRequest)Cluster.Requests.First()).Stream;
        Assert.Equal((3 * 86400, 7), (first.Retention.MaxAge.Seconds, first.Retention.MaxBytes));
        var streams = await client.ListStreamsAsync(Ending);
        Assert.Equal([("a", 1), ("b", 2)], streams.Select(stream => (stream.Name.Value, stream.Partitions)));
    }

    [Fact]
    public async Task GetConsumer_StatusAndControls_AreTheServers()
    {
        var client = Client();
        Assert.Equal([new ConsumerId("orders", "receipts")], await client.ListConsumersAsync(Ending));
        var consumer = client.GetConsumer("orders", "receipts");
        var status = await consumer.GetStatusAsync(Ending);
        Assert.Equal((ConsumerState.Stuck, 2), (status.State, status.Partitions.Count));
        Assert.Null(status.Partitions[0].Cursor);
        Assert.Equal(
            new ConsumerPartitionStatus(
                1,
                ConsumerState.Stuck,
                new ConsumerFault(
                    "no", new EventId(8), 4, DateTimeOffset.FromUnixTimeSeconds(10), DateTimeOffset.FromUnixTimeSeconds(20)),
                new EventId(7),
                new EventId(9),
                2,
                TimeSpan.FromSeconds(5)),
            status.Partitions[1]);
        await consumer.StartAsync(Ending);
        await consumer.StopAsync(Ending);
        await consumer.RetryAsync(Ending);
        await consumer.SkipAsync(1, new EventId(8), Ending);
        await consumer.SetCursorAsync("1.2", Ending);
        Assert.Equal(
            [
                new V1.StartConsumerRequest { Stream = "orders", Consumer = "receipts" },
                new V1.StopConsumerRequest { Stream = "orders", Consumer = "receipts" },
                new V1.RetryConsumerRequest { Stream = "orders", Consumer = "receipts" },
                new V1.SkipEventRequest { Stream = "orders", Consumer = "receipts", Partition = 1, EventId = 8 },
                new V1.SetConsumerCursorRequest { Stream = "orders", Consumer = "receipts", Cursor = "1.2" },
            ],
            Cluster.Requests.Skip(2));
    }

    [Fact]
    public async Task GetCursors_SetAndGot_AreKeptForEachPartition()
    {
        var client = Client();
        var all = client.GetCursors("orders");
        var one = client.GetCursors("orders", 1);
        Assert.Equal(Cursor.Empty, await all.GetAsync("receipts", Ending));
        await all.SetAsync("receipts", "3.4", Ending);
        await one.SetAsync("receipts", "7", Ending);
        await one.FlushAsync(Ending);
        Assert.Equal((Cursor)"3.4", await all.GetAsync("receipts", Ending));
        Assert.Equal((Cursor)"7", await one.GetAsync("receipts", Ending));
        Cluster.Cursors["orders/receipts"] = "what";
        await Assert.ThrowsAsync<RemoteCallException>(async () => await all.GetAsync("receipts", Ending));
    }

    [Fact]
    public async Task GetCursors_WithAConsumable_ResumesWhereItWas()
    {
        Cluster.Add("orders").Append(10);
        var client = Client();
        var consumable = new Consumable(client.GetStream("orders").StreamAsync, client.GetCursors("orders"));
        var recorder = new Recorder { OnEvent = e => e.Id.Value == 6 ? throw new InvalidOperationException("no") : Task.CompletedTask };
        var options = new ConsumerOptions("receipts") { Streaming = new StreamOptions { ToHead = true } };
        await Assert.ThrowsAsync<InvalidOperationException>(() => consumable.ConsumeAsync(recorder, options, cancellationToken: Ending));
        recorder.OnEvent = null;
        await Assert.ThrowsAsync<HeadReachedException>(() => consumable.ConsumeAsync(recorder, options, cancellationToken: Ending));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), await recorder.TakeAsync(10));
    }

    [Fact]
    public async Task EveryCall_CarriesTheHeaders()
    {
        Cluster.Add("orders").Append(1);
        Cluster.OnCall = (_, context) => context.RequestHeaders.GetValue("x-api-key") == "secret"
            ? Task.CompletedTask
            : throw new RpcException(new Status(StatusCode.Unauthenticated, "Who are you?"));
        var client = Client(Fast with { Headers = new Dictionary<string, string> { ["x-api-key"] = "secret" } });
        await client.ListStreamsAsync(Ending);
        await client.GetStream("orders").AppendAsync(new NewEvent(1, "a"), Ending);
        await TakeAsync(client.GetStream("orders").Partition(0), Cursor.Empty, 2);
        await (await client.OpenSessionAsync("orders", null, "receipts", Ending)).DisposeAsync();
        var error = await Assert.ThrowsAsync<RemoteCallException>(() => Client().ListStreamsAsync(Ending));
        Assert.Equal(("Unauthenticated", false), (error.Status, error.IsTransient));
        Assert.Contains("Who are you?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListStreamsAsync_NoAnswerInTime_IsUnavailable()
    {
        Cluster.OnCall = (_, context) => new TaskCompletionSource().Task.WaitAsync(context.CancellationToken);
        await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => Client(Fast with { CallTimeout = TimeSpan.FromMilliseconds(50) }).ListStreamsAsync(Ending));
        using var ending = new CancellationTokenSource();
        var call = Client().ListStreamsAsync(ending.Token);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task EveryCall_ServerSendsGarbage_IsATypedError(int seed)
    {
        await using var server = await GrpcServer.StartAsync(map: application => application.Map("{**path}", context => SendGarbage(context, seed)));
        using var client = new ReflexGrpcClient(server.Address, NoRetry);
        await AssertTypedAsync(() => client.ListStreamsAsync(Ending));
        await AssertTypedAsync(() => client.GetStream("orders").AppendAsync(new NewEvent(1, "a"), Ending));
        await AssertTypedAsync(() => client.GetConsumer("orders", "receipts").GetStatusAsync(Ending));
        await AssertTypedAsync(() => TakeAsync(client.GetStream("orders").Partition(0), Cursor.Empty, 1000));
        await AssertTypedAsync(() => client.GetConsumable("orders").ConsumeAsync(
            new Recorder(), new ConsumerOptions("receipts"), cancellationToken: Ending));
    }

    [Fact]
    public void NamesAndNulls_AreRefused()
    {
        var client = Client();
        Assert.Throws<ArgumentException>(() => client.GetStream(default));
        Assert.Throws<ArgumentException>(() => client.GetCursors(default));
        Assert.Throws<ArgumentException>(() => client.GetConsumable(default));
        Assert.Throws<ArgumentNullException>(() => new ReflexGrpcClient((Uri)null!));
        Assert.Throws<ArgumentNullException>(() => GrpcStream.From(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReflexGrpcOptions { CallTimeout = TimeSpan.Zero });
    }

    private static async Task AssertTypedAsync(Func<Task> call) => Assert.IsAssignableFrom<ReflexException>(await Record.ExceptionAsync(call));

    /// <summary>A well-formed message frame of random bytes, and the status OK.</summary>
    private static async Task SendGarbage(HttpContext context, int seed)
    {
        var bytes = new byte[64];
        new Random(seed).NextBytes(bytes);
        bytes[0] = 0x0a;
        bytes[1] = 0x7f;
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, (byte)bytes.Length }, context.RequestAborted);
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
