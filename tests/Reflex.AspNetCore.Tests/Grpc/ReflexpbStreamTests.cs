using Grpc.Core;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Grpc.Errors;

namespace Reflex.AspNetCore.Tests.Grpc;

public sealed class ReflexpbStreamTests(Cluster cluster) : GrpcTest(cluster)
{
    [Theory]
    [InlineData("")]
    [InlineData("/0")]
    public async Task Stream_ToHead_GivesEventsAndEndsWithTheCodeOfHeadReached(string partition)
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 3);
        var request = new Reflexpb.StreamRequest { After = "1", Options = new Reflexpb.StreamOptions { ToHead = true } };

        using var call = Reflexpb.Stream(request, To(stream + partition), cancellationToken: Token);
        var (events, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        Assert.Equal([("2", 2, "entity-2"), ("3", 3, "entity-3")], events.Select(e => (e.Id, e.Type, e.ForeignId)));
        Assert.All(events, e => Assert.NotNull(e.Timestamp));
        GrpcErrors.AssertReflexpb(error, StatusCode.OutOfRange, ErrorReasons.HeadReachedCode);
    }

    [Fact]
    public async Task Stream_SeveralPartitions_ResumesFromTheVectorInAnId()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 2);
        await Cluster.AppendAsync(stream, 20);
        var toHead = new Reflexpb.StreamOptions { ToHead = true };
        using var call = Reflexpb.Stream(new Reflexpb.StreamRequest { Options = toHead }, To(stream), cancellationToken: Token);
        var (events, _) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        var request = new Reflexpb.StreamRequest { After = events[11].Id, Options = toHead };
        using var resumed = Reflexpb.Stream(request, To(stream), cancellationToken: Token);
        var (rest, _) = await GrpcErrors.ReadToEndAsync(resumed.ResponseStream, Token);

        Assert.Equal(20, events.Count);
        Assert.Equal(events.Skip(12).Select(e => e.ForeignId).Order(), rest.Select(e => e.ForeignId).Order());
    }

    [Fact]
    public async Task Stream_AtTheHead_GivesEveryEventAtOnce()
    {
        var stream = await Cluster.NewStreamAsync();
        using var call = Reflexpb.Stream(new Reflexpb.StreamRequest(), To(stream), cancellationToken: Token);
        await call.ResponseHeadersAsync;
        for (var i = 1; i <= 3; i++)
        {
            await Cluster.AppendAsync(stream, 1);
            Assert.True(await call.ResponseStream.MoveNext(Token));
            Assert.Equal($"{i}", call.ResponseStream.Current.Id);
        }
    }

    [Fact]
    public async Task Stream_ServerStops_EndsWithTheCodeOfStopped()
    {
        var stream = await Cluster.NewStreamAsync();
        using var call = Reflexpb.Stream(new Reflexpb.StreamRequest(), To(stream), cancellationToken: Token);
        await call.ResponseHeadersAsync;

        var stopping = Server.StopAsync();
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);
        await stopping;

        GrpcErrors.AssertReflexpb(error, StatusCode.Unavailable, ErrorReasons.StreamStoppedCode);
    }

    [Fact]
    public async Task Stream_WithoutTheHeader_IsRefusedNamingItAndTheStreams()
    {
        await Cluster.NewStreamAsync();
        using var call = Reflexpb.Stream(new Reflexpb.StreamRequest(), cancellationToken: Token);
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        GrpcErrors.AssertReflexpb(error, StatusCode.InvalidArgument, "INVALID_ARGUMENT");
        Assert.Contains("'reflex-stream'", error.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("stream-1", error.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unknown", "", StatusCode.NotFound, "STREAM_NOT_FOUND")]
    [InlineData("watched/2", "", StatusCode.NotFound, "PARTITION_NOT_FOUND")]
    [InlineData("watched/0", "99", StatusCode.OutOfRange, "CURSOR_AHEAD")]
    [InlineData("watched", "1", StatusCode.InvalidArgument, "INVALID_ARGUMENT")]
    [InlineData("watched/-1", "", StatusCode.InvalidArgument, "INVALID_ARGUMENT")]
    [InlineData("watched", "x", StatusCode.InvalidArgument, "INVALID_ARGUMENT")]
    public async Task Stream_OfWhatIsNotThere_IsRefusedWithItsReason(string stream, string after, StatusCode status, string code)
    {
        using var call = Reflexpb.Stream(new Reflexpb.StreamRequest { After = after }, To(stream), cancellationToken: Token);
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        GrpcErrors.AssertReflexpb(error, status, code);
    }
}
