using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Events;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Grpc;

public sealed class LimitTests(Cluster cluster) : GrpcTest(cluster)
{
    private const int MaxMessage = 10_000;

    [Fact]
    public async Task Stream_MoreThanTheClientMayHave_IsRefusedUntilOneEnds()
    {
        var request = new V1.StreamRequest { Stream = await Cluster.NewStreamAsync() };

        // One after the other: of two that begin together each may make a connection, and be a client of its own.
        using var first = Streams.Stream(request, cancellationToken: Token);
        await first.ResponseHeadersAsync;
        using var second = Streams.Stream(request, cancellationToken: Token);
        await second.ResponseHeadersAsync;

        using (var third = Streams.Stream(request, cancellationToken: Token))
        {
            var (_, error) = await GrpcErrors.ReadToEndAsync(third.ResponseStream, Token);
            var facts = GrpcErrors.AssertV1(error, StatusCode.ResourceExhausted, "TOO_MANY_STREAMS");
            Assert.Equal("2", facts["limit"]);
        }

        // Another connection is another client.
        using var channel = GrpcChannel.ForAddress(Server.Address);
        using (var other = new V1.Streams.StreamsClient(channel).Stream(request, cancellationToken: Token))
        {
            await other.ResponseHeadersAsync;
        }

        await Server.LoggedAsync("The client has cancelled the call.");
        Assert.Empty(Server.Errors());
        first.Dispose();
        await Server.LoggedAsync("The client has cancelled the call.");
        using var next = Streams.Stream(request, cancellationToken: Token);
        await next.ResponseHeadersAsync;
    }

    [Fact]
    public async Task Append_MessageOverTheLimit_IsRefusedTellingIt()
    {
        var stream = await Cluster.NewStreamAsync();
        var request = new V1.AppendRequest
        {
            Stream = stream, Events = { new V1.NewEvent { Metadata = ByteString.CopyFrom(new byte[MaxMessage]) } },
        };

        var unary = await Assert.ThrowsAsync<RpcException>(async () => await Streams.AppendAsync(request, cancellationToken: Token));
        using var call = Streams.AppendMany(cancellationToken: Token);
        await call.RequestStream.WriteAsync(request, Token);
        var streaming = await Assert.ThrowsAsync<RpcException>(async () => await call);

        foreach (var error in new[] { unary, streaming })
        {
            var facts = GrpcErrors.AssertV1(error, StatusCode.InvalidArgument, "EVENT_TOO_LARGE");
            Assert.Equal($"{MaxMessage}", facts["limit"]);
        }

        // The server's library tells of the refusal on its own account.
        Server.Errors();
    }

    [Fact]
    public async Task Stream_DeadlinePasses_EndsWithItAndFreesTheStream()
    {
        var request = new V1.StreamRequest { Stream = await Cluster.NewStreamAsync() };
        var after = TimeSpan.FromMilliseconds(300);
        for (var ended = 0; ended < 3;)
        {
            var deadline = TimeProvider.System.GetUtcNow() + after;
            using var call = Streams.Stream(request, deadline: deadline.UtcDateTime, cancellationToken: Token);
            var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);
            Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
            if (!call.ResponseHeadersAsync.IsCompletedSuccessfully)
            {
                // It passed before the server had opened the stream, on a slow machine.
                after *= 2;
                Assert.True(after < TimeSpan.FromMinutes(1), "The server opens no stream.");
                continue;
            }

            // Whose clock was first, the client's or the server's, nobody knows. Over the limit, the third stream would be refused.
            await Server.LoggedAsync(" ended with ");
            Assert.Empty(Server.Errors());
            ended++;
        }
    }

    [Fact]
    public async Task Stop_ClientThatReadsNothing_DoesNotHoldItUp()
    {
        var stream = await Cluster.NewStreamAsync();
        var large = new NewEvent(1, "") { Metadata = new byte[(1024 * 1024) - 100] };
        for (var i = 0; i < 8; i++)
        {
            await Cluster.Client.GetStream(stream).AppendAsync(large, Token);
        }

        using var call = Streams.Stream(new V1.StreamRequest { Stream = stream }, cancellationToken: Token);
        await call.ResponseHeadersAsync;

        await Server.StopAsync();

        Assert.DoesNotContain(
            Server.Logs.GetSnapshot(), log => log.Message.Contains("failed to close gracefully", StringComparison.Ordinal));
    }

    protected override void Configure(ReflexGrpcOptions options)
    {
        options.MaxStreamsPerClient = 2;
        options.MaxMessageBytes = MaxMessage;
    }
}
