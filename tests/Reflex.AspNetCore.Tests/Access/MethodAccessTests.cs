using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.DependencyInjection;
using Reflex.AspNetCore.Tests.Support;
using ProtoService = Google.Protobuf.Reflection.ServiceDescriptor;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Access;

/// <summary>Every method that there is, taken from the services' own descriptions.</summary>
public sealed class MethodAccessTests(Cluster cluster)
{
    private static readonly ProtoService[] Services =
    [
        V1.Streams.Descriptor, V1.Consumers.Descriptor, V1.Cursors.Descriptor, global::Reflexpb.Reflex.Descriptor,
        ServerReflection.Descriptor,
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("nobody's-key")]
    public async Task Call_AnyMethodWithoutOrWithAWrongCredential_IsUnauthenticated(string? key)
    {
        await using var server = await StartAsync("append", "stream", "consume", "administer");

        foreach (var method in Services.SelectMany(service => service.Methods))
        {
            var status = await CallAsync(server, method, "orders", key);
            Assert.True(status.StatusCode == StatusCode.Unauthenticated, $"{method.FullName}: {status}");
            Assert.Contains("send an API key", status.Detail, StringComparison.Ordinal);
        }

        var client = new global::Grpc.Health.V1.Health.HealthClient(server.Invoker);
        var health = await client.CheckAsync(new HealthCheckRequest(), cancellationToken: Token);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task Call_AnyMethodOfAStreamWithAnInsufficientCredential_IsDenied()
    {
        await using var server = await StartAsync("append", "stream", "consume", "administer");

        foreach (var method in OfStreams())
        {
            var status = await CallAsync(server, method, "others", Callers.Key);
            Assert.True(status.StatusCode == StatusCode.PermissionDenied, $"{method.FullName}: {status}");
            Assert.Contains("on the stream 'others'", status.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("append", "Append", "AppendMany")]
    [InlineData("stream", "Stream", "Stream")]
    [InlineData("consume", "Consume", "GetConsumer", "GetCursor", "SetCursor")]
    [InlineData(
        "administer",
        "DefineStream", "DeleteStream", "GetConsumer", "RemoveConsumer", "RetryConsumer", "SetConsumerCursor", "SkipEvent",
        "StartConsumer", "StopConsumer")]
    public async Task Call_AnyMethodWithOneOperation_IsAllowedExactlyWhatThatCovers(string may, params string[] covered)
    {
        await using var server = await StartAsync(may);
        var allowed = new List<string>();

        foreach (var method in OfStreams())
        {
            if ((await CallAsync(server, method, "orders", Callers.Key)).StatusCode != StatusCode.PermissionDenied)
            {
                allowed.Add(method.Name);
            }
        }

        // Whoever may do anything with a stream may see it.
        Assert.Equal(covered.Append("GetStream").Order(), allowed.Order());
    }

    [Fact]
    public async Task List_WithACredential_ShowsWhatTheCallerMaySee()
    {
        await using var server = await StartAsync("stream");
        await cluster.NewStreamAsync();
        var headers = new Metadata { { "authorization", $"Bearer {Callers.Key}" } };

        var streams = await new V1.Streams.StreamsClient(server.Invoker)
            .ListStreamsAsync(new V1.ListStreamsRequest(), headers, cancellationToken: Token);

        Assert.All(streams.Streams, stream => Assert.StartsWith("orders", stream.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_ForWhatIsNotThere_IsToldOnlyTheNamesThatTheCallerMaySee()
    {
        await using var server = await StartAsync("stream", "consume");

        var stream = await CallAsync(server, V1.Streams.Descriptor.FindMethodByName("GetStream"), "orders-none", Callers.Key);
        var consumer = await CallAsync(server, V1.Consumers.Descriptor.FindMethodByName("GetConsumer"), "orders-none", Callers.Key);

        Assert.Equal(StatusCode.NotFound, stream.StatusCode);
        Assert.Equal(StatusCode.NotFound, consumer.StatusCode);
        Assert.DoesNotContain(Cluster.Watched, stream.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Cluster.Watched, consumer.Detail, StringComparison.Ordinal);
    }

    /// <summary>The methods that are about one stream.</summary>
    private static List<MethodDescriptor> OfStreams()
    {
        var methods = Services[..^1].SelectMany(service => service.Methods)
            .Where(method => method.Name is not ("ListStreams" or "ListConsumers")).ToList();
        Assert.NotEmpty(methods);
        return methods;
    }

    private static async Task<Status> CallAsync(GrpcServer server, MethodDescriptor method, string stream, string? key)
    {
        var bytes = Marshallers.Create(value => value, value => value);
        var called = new Method<byte[], byte[]>(MethodType.DuplexStreaming, method.Service.FullName, method.Name, bytes, bytes);
        var headers = new Metadata { { "reflex-stream", stream } };
        if (key is not null)
        {
            headers.Add("reflex-api-key", key);
        }

        using var call = server.Invoker.AsyncDuplexStreamingCall(called, null, new CallOptions(headers, cancellationToken: Token));
        try
        {
            await call.RequestStream.WriteAsync(RequestOf(method, stream).ToByteArray(), Token);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException)
        {
            // Refused before all was sent; the status below says why.
        }

        try
        {
            while (await call.ResponseStream.MoveNext(Token))
            {
                // What is allowed is read to its end.
            }
        }
        catch (RpcException error)
        {
            return error.Status;
        }

        return Status.DefaultSuccess;
    }

    /// <summary>A request of a method about a stream and a consumer.</summary>
    private static IMessage RequestOf(MethodDescriptor method, string stream)
    {
        var request = method.InputType.Parser.ParseFrom(ByteString.Empty);
        Set(request, "stream", stream);
        Set(request, "consumer", "worker");
        Set(request, "consumer_id", "worker");
        request.Descriptor.FindFieldByName("to_head")?.Accessor.SetValue(request, true);
        request.Descriptor.FindFieldByName("options")?.Accessor.SetValue(request, new Reflexpb.StreamOptions { ToHead = true });
        return request;
    }

    private static void Set(IMessage message, string name, string value)
    {
        switch (message.Descriptor.FindFieldByName(name))
        {
            case { FieldType: FieldType.String } field:
                field.Accessor.SetValue(message, value);
                break;
            case { FieldType: FieldType.Message } field:
                field.Accessor.SetValue(message, new V1.StreamDefinition { Name = value, Partitions = 1 });
                break;
        }
    }

    private Task<GrpcServer> StartAsync(params string[] may) => GrpcServer.StartAsync(
        cluster.Client,
        addServices: services => services.AddReflexAccess(
            access => access.WithKey("orders", Callers.Key).WithPolicy("key:orders", "orders*", may)));
}
