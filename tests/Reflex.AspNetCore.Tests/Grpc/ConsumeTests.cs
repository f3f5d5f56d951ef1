using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc;
using Reflex.Grpc.Errors;
using ConsumeCall = Grpc.Core.AsyncDuplexStreamingCall<Reflexpb.ConsumeRequest, Reflexpb.Event>;

namespace Reflex.AspNetCore.Tests.Grpc;

public sealed class ConsumeTests(Cluster cluster) : GrpcTest(cluster)
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Consume_AfterACursor_GivesWhatFollowsAndStoresAcknowledgements()
    {
        var (stream, session) = await OpenAsync("1");
        await Cluster.AppendAsync(stream, 3);
        using var call = await ConsumeAsync(stream);

        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Equal("2", call.ResponseStream.Current.Id);
        await call.RequestStream.WriteAsync(new Reflexpb.ConsumeRequest { AckId = "2" }, Token);
        Assert.Equal(new CursorPlace(new EventId(2), await LifeAsync(stream)), await session.Acknowledged.ReadAsync(Token));
        Assert.True(await call.ResponseStream.MoveNext(Token));
        await call.RequestStream.WriteAsync(new Reflexpb.ConsumeRequest { AckIdInt = 3 }, Token);
        Assert.Equal(new CursorPlace(new EventId(3), await LifeAsync(stream)), await session.Acknowledged.ReadAsync(Token));

        await call.RequestStream.CompleteAsync();
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await session.Disposed.WaitAsync(Token);
    }

    [Fact]
    public async Task Consume_OnePartition_OpensItsSession()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 2);
        Faults.Sessions[$"{stream}/1/reader"] = new FakeSession(Cursor.Empty);
        await Cluster.AppendAsync(stream, 20);
        var first = new Reflexpb.ConsumeRequest { ConsumerId = "reader", Options = new Reflexpb.StreamOptions { ToHead = true } };
        using var call = Reflexpb.Consume(To($"{stream}/1"), cancellationToken: Token);
        await call.RequestStream.WriteAsync(first, Token);

        // It ends only when what it has sent is acknowledged: the clock of the wait for that stands still.
        var ids = new List<string>();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(Token))
            {
                ids.Add(call.ResponseStream.Current.Id);
                await call.RequestStream.WriteAsync(new Reflexpb.ConsumeRequest { AckId = ids[^1] }, Token);
            }
        });

        Assert.Equal(Enumerable.Range(1, ids.Count).Select(i => $"{i}"), ids);
        GrpcErrors.AssertReflexpb(error, StatusCode.OutOfRange, ErrorReasons.HeadReachedCode);
    }

    [Fact]
    public async Task Consume_WithOptionsThatCantBe_LeavesTheNameUnknown()
    {
        var stream = await Cluster.NewStreamAsync();
        using var call = Reflexpb.Consume(To(stream), cancellationToken: Token);

        await call.RequestStream.WriteAsync(
            new Reflexpb.ConsumeRequest
            {
                ConsumerId = "reader",
                Options = new Reflexpb.StreamOptions { Lag = new Google.Protobuf.WellKnownTypes.Duration { Seconds = -1 } },
            },
            Token);
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.DoesNotContain(new ConsumerId(stream, "reader"), await Cluster.Client.ListConsumersAsync(Token));
    }

    [Fact]
    public async Task Consume_NewerSession_EndsTheOlderWithAborted()
    {
        var (stream, session) = await OpenAsync("");
        using var call = await ConsumeAsync(stream);
        await call.ResponseHeadersAsync;

        session.End(new ConsumerReplacedException(new ConsumerId(stream, "reader")));
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        GrpcErrors.AssertReflexpb(error, StatusCode.Aborted, "CONSUMER_REPLACED");
        await session.Disposed.WaitAsync(Token);
    }

    [Theory]
    [InlineData("x", 0)]
    [InlineData("-1", 0)]
    [InlineData("", -1)]
    public async Task Consume_AcknowledgingWhatIsNoId_EndsWithInvalidArgument(string id, long legacyId)
    {
        var (stream, session) = await OpenAsync("");
        using var call = await ConsumeAsync(stream);
        await call.RequestStream.WriteAsync(new Reflexpb.ConsumeRequest { AckId = id, AckIdInt = legacyId }, Token);

        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        GrpcErrors.AssertReflexpb(error, StatusCode.InvalidArgument, "INVALID_ARGUMENT");
        await session.Disposed.WaitAsync(Token);
    }

    [Theory]
    [InlineData("9223372036854775807", 0)]
    [InlineData("", long.MaxValue)]
    public async Task Consume_AcknowledgingTheLargestId_AsksTheSession(string id, long legacyId)
    {
        var (stream, session) = await OpenAsync("");
        using var call = await ConsumeAsync(stream);

        await call.RequestStream.WriteAsync(new Reflexpb.ConsumeRequest { AckId = id, AckIdInt = legacyId }, Token);

        Assert.Equal((Cursor)"9223372036854775807", await session.Acknowledged.ReadAsync(Token));
    }

    [Fact]
    public async Task Consume_FromHeadWithoutACursor_SetsItAtTheHead()
    {
        var (stream, session) = await OpenAsync("");
        await Cluster.AppendAsync(stream, 3);
        using var call = await ConsumeAsync(stream, new Reflexpb.StreamOptions { FromHead = true });
        Assert.Equal(new CursorPlace(new EventId(3), await LifeAsync(stream)), await session.Acknowledged.ReadAsync(Token));

        await Cluster.AppendAsync(stream, 1);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Equal("4", call.ResponseStream.Current.Id);
    }

    [Fact]
    public async Task Consume_FromHeadWithACursor_ContinuesThere()
    {
        var (stream, _) = await OpenAsync("1");
        await Cluster.AppendAsync(stream, 3);
        using var call = await ConsumeAsync(stream, new Reflexpb.StreamOptions { FromHead = true });

        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Equal("2", call.ResponseStream.Current.Id);
    }

    [Fact]
    public async Task Consume_HoldsItsConsumer_NamesItInAHeader()
    {
        var (stream, _) = await OpenAsync("");
        using var call = await ConsumeAsync(stream);

        Assert.Equal("reader", (await call.ResponseHeadersAsync).GetValue(GrpcStream.ConsumerHeader));
    }

    [Fact]
    public async Task Consume_Refused_NamesNoConsumer()
    {
        using var call = Reflexpb.Consume(To(Cluster.Watched), cancellationToken: Token);
        await call.RequestStream.WriteAsync(new Reflexpb.ConsumeRequest { ConsumerId = Cluster.Watcher }, Token);

        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        GrpcErrors.AssertReflexpb(error, StatusCode.FailedPrecondition, "CONSUMER_CONFLICT");
        Assert.Null((await call.ResponseHeadersAsync).GetValue(GrpcStream.ConsumerHeader));
    }

    [Fact]
    public async Task Consume_ServerStops_EndsWithStoppedAndClosesTheSession()
    {
        var (stream, session) = await OpenAsync("");
        using var call = await ConsumeAsync(stream);
        await call.ResponseHeadersAsync;

        // The connection stays until the status has been read: .NET's client forgets one that is closed with its request still open.
        Server.BeginStop();
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        GrpcErrors.AssertReflexpb(error, StatusCode.Unavailable, ErrorReasons.StreamStoppedCode);
        await session.Disposed.WaitAsync(Token);
    }

    [Fact]
    public async Task Consume_ClientGoesAway_ClosesTheSession()
    {
        var (stream, session) = await OpenAsync("");
        var call = await ConsumeAsync(stream);
        await call.ResponseHeadersAsync;

        call.Dispose();

        await session.Disposed.WaitAsync(Token);
    }

    [Fact]
    public async Task Consume_NoFirstRequestInTime_EndsWithInvalidArgument()
    {
        var stream = await Cluster.NewStreamAsync();
        using var call = Reflexpb.Consume(To(stream), cancellationToken: Token);
        var reading = GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);
        while (!reading.IsCompleted)
        {
            // The call arrives at a time that nobody knows; its wait begins then.
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        GrpcErrors.AssertReflexpb((await reading).Error, StatusCode.InvalidArgument, "INVALID_ARGUMENT");
    }

    protected override void Configure(ReflexGrpcOptions options) => options.TimeProvider = _time;

    private async Task<(string Stream, FakeSession Session)> OpenAsync(string start)
    {
        var stream = await Cluster.NewStreamAsync();
        return (stream, Faults.Sessions[$"{stream}/reader"] = new FakeSession(start));
    }

    private async Task<ConsumeCall> ConsumeAsync(string stream, Reflexpb.StreamOptions? options = null)
    {
        var call = Reflexpb.Consume(To(stream), cancellationToken: Token);
        await call.RequestStream.WriteAsync(new Reflexpb.ConsumeRequest { ConsumerId = "reader", Options = options }, Token);
        return call;
    }

    /// <summary>What a session adds to the bare numbers that its client acknowledges.</summary>
    private async Task<long> LifeAsync(string stream) =>
        (await Cluster.Client.GetStream(stream).GetStatusAsync(Token)).Partitions[0].HeadEpoch;
}
