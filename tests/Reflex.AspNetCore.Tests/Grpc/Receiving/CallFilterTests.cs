using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.DependencyInjection;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Tests.Access;
using Reflex.AspNetCore.Tests.Support;
using HealthClient = Grpc.Health.V1.Health.HealthClient;
using ProtoService = Google.Protobuf.Reflection.ServiceDescriptor;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Grpc.Receiving;

public sealed class CallFilterTests(Cluster cluster)
{
    private static readonly ProtoService[] Services =
    [
        V1.Streams.Descriptor, V1.Consumers.Descriptor, V1.Cursors.Descriptor, global::Reflexpb.Reflex.Descriptor,
        ServerReflection.Descriptor,
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>With access on, by the headers alone.</summary>
    [Fact]
    public async Task Call_EveryMethodWithoutACredential_IsRefusedBeforeItsMessageCame()
    {
        await using var server = await StartAsync();
        foreach (var method in Services.SelectMany(service => service.Methods))
        {
            using var message = new StalledContent([0, 0, 64, 0, 0, 1, 2, 3], new byte[(4 << 20) - 3]);

            using var answer = await PostAsync(server, $"/{method.Service.FullName}/{method.Name}", message);

            Assert.Equal("16", Assert.Single(answer.Headers.GetValues("grpc-status")));
            Assert.Contains("send an API key", Assert.Single(answer.Headers.GetValues("grpc-message")), StringComparison.Ordinal);
        }

        AssertNothingIsReceived(server);
    }

    /// <summary>Which needs no credential.</summary>
    [Theory]
    [InlineData("Check")]
    [InlineData("Watch")]
    public async Task Health_LargeMessage_IsRefusedByItsHeader(string method)
    {
        await using var server = await StartAsync();
        using var message = new StalledContent([0, 0, 64, 0, 0, 1, 2, 3], new byte[(4 << 20) - 3]);

        using var answer = await PostAsync(server, $"/grpc.health.v1.Health/{method}", message);

        Assert.Equal("3", Assert.Single(answer.Headers.GetValues("grpc-status")));
        AssertNothingIsReceived(server);
    }

    [Fact]
    public async Task Health_MoreWatchersThanTheLimit_AreRefusedOverAllConnections()
    {
        await using var server = await StartAsync(options => options.MaxStreamsPerClient = 2);
        using var channel = global::Grpc.Net.Client.GrpcChannel.ForAddress(server.Address);
        using var first = new HealthClient(server.Invoker).Watch(new HealthCheckRequest(), cancellationToken: Token);
        using var second = new HealthClient(channel).Watch(new HealthCheckRequest(), cancellationToken: Token);
        Assert.True(await first.ResponseStream.MoveNext(Token));
        Assert.True(await second.ResponseStream.MoveNext(Token));

        using var third = new HealthClient(server.Invoker).Watch(new HealthCheckRequest(), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<RpcException>(() => third.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);

        // A check is no stream.
        var health = await new HealthClient(server.Invoker).CheckAsync(new HealthCheckRequest(), cancellationToken: Token);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task Append_MoreEventsThanTheLimit_IsRefusedAndTheClientGoesOn()
    {
        await using var server = await StartAsync(options => options.MaxEventsPerMessage = 10);
        var streams = new V1.Streams.StreamsClient(server.Invoker);
        var headers = new Metadata { { "reflex-api-key", Callers.Key } };
        var stream = await cluster.NewStreamAsync();
        V1.AppendRequest Request(int events) => new()
        {
            Stream = stream, Events = { Enumerable.Range(1, events).Select(i => new V1.NewEvent { Type = i }) },
        };

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await streams.AppendAsync(Request(11), headers, cancellationToken: Token));
        var appended = await streams.AppendAsync(Request(10), headers, cancellationToken: Token);

        GrpcErrors.AssertV1(error, StatusCode.InvalidArgument, "INVALID_ARGUMENT");
        Assert.Equal(10, appended.Positions.Count);
    }

    /// <summary>Of the packed forms the server's own library takes both.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Append_PackedMessage_IsAppended(string encoding)
    {
        await using var server = await StartAsync();
        using var channel = global::Grpc.Net.Client.GrpcChannel.ForAddress(server.Address);
        var streams = new V1.Streams.StreamsClient(channel);
        var headers = new Metadata { { "reflex-api-key", Callers.Key }, { "grpc-internal-encoding-request", encoding } };

        var appended = await streams.AppendAsync(
            new V1.AppendRequest
            {
                Stream = await cluster.NewStreamAsync(),
                Events = { new V1.NewEvent { Type = 1, Metadata = ByteString.CopyFrom(new byte[100_000]) } },
            },
            headers,
            cancellationToken: Token);

        Assert.Single(appended.Positions);
        AssertNothingIsReceived(server);
    }

    [Fact]
    public async Task AppendMany_ManySmallEventsAtOnce_WaitForRoomAndAreAllAppended()
    {
        await using var server = await StartAsync(configureServer: options => options.MaxReceivingBytes = 400_000);
        var headers = new Metadata { { "reflex-api-key", Callers.Key } };
        var message = new V1.AppendRequest
        {
            Stream = await cluster.NewStreamAsync(), Events = { Enumerable.Repeat(new V1.NewEvent { Type = 1 }, 400) },
        };

        var counts = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var call = new V1.Streams.StreamsClient(server.Invoker).AppendMany(headers, cancellationToken: Token);
            for (var i = 0; i < 10; i++)
            {
                await call.RequestStream.WriteAsync(message, Token);
            }

            await call.RequestStream.CompleteAsync();
            return (await call).Count;
        }));

        Assert.All(counts, count => Assert.Equal(4000, count));
        AssertNothingIsReceived(server);
    }

    [Fact]
    public async Task AppendMany_MoreAtOnceThanThereIsRoom_WaitsAndLosesNothing()
    {
        await using var server = await StartAsync(configureServer: options => options.MaxReceivingBytes = 400_000);
        var headers = new Metadata { { "reflex-api-key", Callers.Key } };
        var stream = await cluster.NewStreamAsync();
        var message = new V1.AppendRequest
        {
            Stream = stream, Events = { new V1.NewEvent { Type = 1, Metadata = ByteString.CopyFrom(new byte[100_000]) } },
        };

        // On connections of their own: calls that wait would use up the room of a connection that they share.
        var counts = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var channel = global::Grpc.Net.Client.GrpcChannel.ForAddress(server.Address);
            using var call = new V1.Streams.StreamsClient(channel).AppendMany(headers, cancellationToken: Token);
            for (var i = 0; i < 10; i++)
            {
                await call.RequestStream.WriteAsync(message, Token);
            }

            await call.RequestStream.CompleteAsync();
            return (await call).Count;
        }));

        Assert.Equal(100, counts.Sum());
        Assert.Equal(100, (await cluster.Client.GetStream(stream).GetStatusAsync(Token)).Partitions[0].Head.Value);
        AssertNothingIsReceived(server);
    }

    private static async Task<HttpResponseMessage> PostAsync(GrpcServer server, string method, HttpContent message)
    {
        using var client = new HttpClient();
        message.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, method))
        {
            Content = message, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private static void AssertNothingIsReceived(GrpcServer server)
    {
        var budget = server.Services.GetRequiredService<ReceivingBudget>();
        Assert.Equal((0, 0, 0), (budget.Small.Used, budget.Large.Used, budget.Events.Used));
        Assert.Empty(server.Errors());
    }

    private Task<GrpcServer> StartAsync(
        Action<ReflexGrpcOptions>? configure = null, Action<ReflexServerOptions>? configureServer = null) => GrpcServer.StartAsync(
        cluster.Client,
        configure,
        addServices: services => services
            .AddReflexServer(configureServer)
            .AddReflexAccess(access => access.WithKey("a", Callers.Key).WithPolicy("key:a", "*", "append", "stream")));
}
