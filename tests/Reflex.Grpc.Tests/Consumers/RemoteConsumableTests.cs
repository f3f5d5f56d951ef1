using Grpc.Core;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Grpc.Tests.Support;
using Reflex.Retries;
using Reflex.Streams;

namespace Reflex.Grpc.Tests.Consumers;

public sealed class RemoteConsumableTests : GrpcTest
{
    private static readonly ConsumerOptions Receipts = new("receipts");
    private static readonly Backoff Soon = new() { Initial = TimeSpan.FromMilliseconds(1), Longest = TimeSpan.FromMilliseconds(10) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ConsumeAsync_Cancelled_HasAcknowledgedWhatWasHandled(bool isOwnMethod)
    {
        Cluster.Add("orders").Append(40);
        var consumable = isOwnMethod
            ? RemoteConsumable.From(
                new Reflexpb.Reflex.ReflexClient(global::Grpc.Net.Client.GrpcChannel.ForAddress(Server.Address)).Consume, "orders")
            : Client().GetConsumable("orders");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var recorder = new Recorder { OnEvent = e => e.Id.Value == 25 ? ending.CancelAsync() : Task.CompletedTask };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => consumable.ConsumeAsync(recorder, Receipts, cancellationToken: ending.Token));
        var handled = Cluster.Cursors["orders/receipts"];
        Assert.Equal(handled == "25" ? 25 : 24, recorder.Ids.Count);
        Assert.Contains(handled, new[] { "24", "25" });
    }

    [Fact]
    public async Task RunForeverAsync_LogicFails_TriesTheEventAgainAndGoesOn()
    {
        Cluster.Add("orders").Append(10);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var failures = 0;
        var recorder = new Recorder
        {
            OnEvent = e => e.Id.Value == 4 && failures++ < 3 ? throw new InvalidOperationException("no") : Task.CompletedTask,
        };
        var running = Client().GetConsumable("orders").RunForeverAsync(recorder, Receipts, Soon, cancellationToken: ending.Token);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), await recorder.TakeAsync(10));
        await ending.CancelAsync();
        await running;
        Assert.Equal("10", Cluster.Cursors["orders/receipts"]);
        Assert.Equal(4, failures);
    }

    [Fact]
    public async Task RunForeverAsync_ServerKilledTwentyTimes_NoGapAndRepeatsOnlyWhatWasNotAcknowledged()
    {
        const int Kills = 20;
        var stream = Cluster.Add("orders");
        stream.Append(10);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var recorder = new Recorder();
        var running = Client().GetConsumable("orders").RunForeverAsync(recorder, Receipts, Soon, cancellationToken: ending.Token);
        long next = 1;
        for (var kill = 0; kill <= Kills; kill++)
        {
            while (next <= 10 * (kill + 1))
            {
                var id = await recorder.Ids.ReadAsync(Ending);
                Assert.True(id <= next, $"Event {id} came where {next} was due.");
                next = Math.Max(next, id + 1);
            }

            await Server.KillAsync();
            stream.Append(10);
            await Server.StartAgainAsync();
        }

        await ending.CancelAsync();
        await running;
    }

    [Fact]
    public async Task RunForeverAsync_NewerSession_EndsWithThat()
    {
        Cluster.Add("orders").Append(3);
        var older = new Recorder();
        var olderRun = Client().GetConsumable("orders").RunForeverAsync(older, Receipts, Soon, cancellationToken: Ending);
        await older.TakeAsync(3);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var newer = new Recorder();
        var newerRun = Client().GetConsumable("orders").RunForeverAsync(newer, Receipts, Soon, cancellationToken: ending.Token);
        var error = await Assert.ThrowsAsync<ConsumerReplacedException>(() => olderRun);
        Assert.Equal(new ConsumerId("orders", "receipts"), error.Consumer);
        Cluster.Streams["orders"].Append(1);
        while (await newer.Ids.ReadAsync(Ending) < 4)
        {
            // What the older one hadn't acknowledged comes again.
        }

        await ending.CancelAsync();
        await newerRun;
    }

    [Fact]
    public async Task ConsumeAsync_ToHead_EndsThere()
    {
        Cluster.Add("orders").Append(5);
        var recorder = new Recorder();
        await Client().GetConsumable("orders").RunForeverAsync(
            recorder, Receipts with { Streaming = new StreamOptions { ToHead = true } }, Soon, cancellationToken: Ending);
        Assert.Equal(5, recorder.Ids.Count);
    }

    [Fact]
    public async Task ConsumeAsync_Refused_IsTheTypedError()
    {
        Cluster.OnCall = (_, _) => throw Failures.Reflex(
            StatusCode.FailedPrecondition, "CONSUMER_CONFLICT", "Another name.", ("stream", "orders"), ("consumer", "receipts"));
        var error = await Assert.ThrowsAsync<ConsumerConflictException>(
            () => Client().GetConsumable("orders").ConsumeAsync(new Recorder(), Receipts, cancellationToken: Ending));
        Assert.Equal("Another name.", error.Message);
    }

    [Fact]
    public async Task OpenSessionAsync_Refused_IsTheTypedError()
    {
        Cluster.OnCall = (request, _) => request is Reflexpb.ConsumeRequest
            ? throw Failures.Reflex(
                StatusCode.FailedPrecondition, "CONSUMER_CONFLICT", "No.", ("stream", "orders"), ("consumer", "receipts"))
            : Task.CompletedTask;
        await Assert.ThrowsAsync<ConsumerConflictException>(() => Client().OpenSessionAsync("orders", null, "receipts", Ending));
    }

    [Fact]
    public async Task OpenSessionAsync_AnsweredByAServerThatHoldsNothing_SaysSo()
    {
        Cluster.Add("orders").Append(1);
        Cluster.NamesConsumers = false;
        Cluster.OnCall = (request, _) =>
        {
            if (request is Reflexpb.ConsumeRequest consume)
            {
                consume.Options.Lag = null;
            }

            return Task.CompletedTask;
        };
        var error = await Assert.ThrowsAsync<RemoteCallException>(() => Client().OpenSessionAsync("orders", null, "receipts", Ending));
        Assert.Contains("no header 'reflex-consumer'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsumeAsync_Partition_IsNamedInTheHeader()
    {
        var stream = Cluster.Add("orders", partitions: 2);
        stream.Append(20);
        var recorder = new Recorder();
        await Client().GetConsumable("orders", 1).RunForeverAsync(
            recorder, Receipts with { Streaming = new StreamOptions { ToHead = true } }, Soon, cancellationToken: Ending);
        Assert.Equal(stream.Head.Of(1)!.Value.Id.Value, recorder.Ids.Count);
    }

    [Fact]
    public async Task OpenSessionAsync_AcknowledgesAndIsReplaced()
    {
        Cluster.Add("orders").Append(5);
        Cluster.Cursors["orders/receipts"] = "2";
        var client = Client();
        await using var session = await client.OpenSessionAsync("orders", null, "receipts", Ending);
        Assert.Equal((Cursor)"2", session.Start);
        await session.AcknowledgeAsync("4", Ending);
        await using (var newer = await client.OpenSessionAsync("orders", null, "receipts", Ending))
        {
            var reason = Assert.IsType<ConsumerReplacedException>(await session.Ended.WaitAsync(Ending));
            Assert.Equal(new ConsumerId("orders", "receipts"), reason.Consumer);
            await Assert.ThrowsAsync<ConsumerReplacedException>(async () => await session.AcknowledgeAsync("5", Ending));
            await newer.AcknowledgeAsync("3", Ending);
            await newer.AcknowledgeAsync("5", Ending);
        }

        Assert.Equal("5", Cluster.Cursors["orders/receipts"]);
    }
}
