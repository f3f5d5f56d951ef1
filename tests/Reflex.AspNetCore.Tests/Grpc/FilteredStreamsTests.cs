using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc;
using Reflex.Streams;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Grpc;

/// <summary>Reading some events of a stream over gRPC.</summary>
public sealed class FilteredStreamsTests(Cluster cluster) : GrpcTest(cluster)
{
    private static readonly StreamOptions OfEntity3 = new() { ToHead = true, ForeignIds = ["entity-3", "ü, 7"] };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Stream_SomeEvents_GivesThose()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 5);
        var request = new V1.StreamRequest { Stream = stream, ToHead = true, Types_ = { 2, 3 }, ForeignIds = { "entity-3", "entity-4" } };

        using var call = Streams.Stream(request, cancellationToken: Token);
        var (responses, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        Assert.Equal([3], responses.SelectMany(response => response.Events).Select(e => e.Id));
        GrpcErrors.AssertV1(error, StatusCode.OutOfRange, "HEAD_REACHED");
    }

    [Fact]
    public async Task Stream_NoneThatIsWanted_TellsNowAndThenHowFarTheStreamWasRead()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 3);
        using var call = Streams.Stream(new V1.StreamRequest { Stream = stream, Types_ = { 9 } }, cancellationToken: Token);

        var place = call.ResponseStream.MoveNext(Token);
        while (!place.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.True(await place);
        Assert.Empty(call.ResponseStream.Current.Events);
        Assert.Equal(new EventId(3), Cursor.Parse(call.ResponseStream.Current.After).Of(0)?.Id);
    }

    [Fact]
    public async Task Stream_ByHeadersOfReflexpb_GivesThose()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 5);
        await Cluster.Client.GetStream(stream).AppendAsync(new NewEvent(2, "ü, 7"), Token);
        var headers = To(stream);
        headers.Add(GrpcStream.TypesHeader, "2,3");
        headers.Add(GrpcStream.ForeignIdsHeader, "entity-3,%C3%BC%2C%207");
        var request = new Reflexpb.StreamRequest { Options = new Reflexpb.StreamOptions { ToHead = true } };

        using var call = Reflexpb.Stream(request, headers, cancellationToken: Token);
        var (events, _) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        Assert.Equal(["3", "6"], events.Select(e => e.Id));
    }

    [Theory]
    [InlineData("paid", "The header reflex-types is 'paid': expected whole numbers such as 1,2.")]
    [InlineData("", "The header reflex-types is '': expected whole numbers such as 1,2.")]
    public async Task Stream_HeaderThatCannotBe_IsRefused(string types, string expected)
    {
        var headers = To(await Cluster.NewStreamAsync());
        headers.Add(GrpcStream.TypesHeader, types);

        using var call = Reflexpb.Stream(new Reflexpb.StreamRequest(), headers, cancellationToken: Token);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));

        Assert.Equal((StatusCode.InvalidArgument, expected), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task Stream_TooManyOfThem_IsRefused()
    {
        var request = new V1.StreamRequest { Stream = await Cluster.NewStreamAsync(), Types_ = { Enumerable.Range(0, 1001) } };

        using var call = Streams.Stream(request, cancellationToken: Token);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));

        Assert.Equal("The request names 1001 types: expected at most 1000.", error.Status.Detail);
    }

    [Fact]
    public async Task Clients_SomeEvents_GetThose()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 5);
        await Cluster.Client.GetStream(stream).AppendAsync(new NewEvent(2, "ü, 7"), Token);
        using var client = new ReflexGrpcClient(Server.Channel);
        StreamFunc[] ways = [client.GetStream(stream).StreamAsync, GrpcStream.Of(Server.Invoker, stream)];

        foreach (var way in ways)
        {
            var ids = new List<long>();
            await Assert.ThrowsAsync<HeadReachedException>(async () =>
            {
                await foreach (var e in way(Cursor.Empty, OfEntity3, Token))
                {
                    ids.Add(e.Id.Value);
                }
            });

            Assert.Equal([3, 6], ids);
        }
    }

    protected override void Configure(ReflexGrpcOptions options) => options.TimeProvider = _time;
}
