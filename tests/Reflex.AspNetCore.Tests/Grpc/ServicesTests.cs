using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Grpc;

public sealed class ServicesTests(Cluster cluster) : GrpcTest(cluster)
{
    private static readonly Method<byte[], byte[]> Health = new(
        MethodType.Unary, "grpc.health.v1.Health", "Check", Bytes, Bytes);

    private static readonly Method<byte[], byte[]> Reflection = new(
        MethodType.DuplexStreaming, "grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo", Bytes, Bytes);

    private static Marshaller<byte[]> Bytes => Marshallers.Create(bytes => bytes, bytes => bytes);

    [Fact]
    public async Task Health_ClusterThatAnswersAndThenNot_IsServingAndThenNot()
    {
        Assert.Equal([0x08, 1], await Server.Invoker.AsyncUnaryCall(Health, null, new CallOptions(cancellationToken: Token), []));

        Faults.FailLists = new ClusterUnavailableException("list", new IOException("gone"));

        Assert.Equal([0x08, 2], await Server.Invoker.AsyncUnaryCall(Health, null, new CallOptions(cancellationToken: Token), []));
        Server.Errors();
    }

    [Fact]
    public async Task Health_ServerWithAPartitionThatCannotBeUsed_IsServing()
    {
        var failed = new FailedPartitions();
        failed.Add(new PartitionId("orders", 3), new LogCorruptedException("damaged"));
        await using var server = await GrpcServer.StartAsync(Faults, addServices: services => services.AddSingleton(failed));

        Assert.Equal([0x08, 1], await server.Invoker.AsyncUnaryCall(Health, null, new CallOptions(cancellationToken: Token), []));
    }

    [Theory]
    [InlineData("reflexpb.Reflex")]
    [InlineData("reflex.v1.Streams")]
    [InlineData("reflex.v1.Consumers")]
    [InlineData("reflex.v1.Cursors")]
    public async Task Reflection_OfAService_GivesItsFile(string service)
    {
        using var call = Server.Invoker.AsyncDuplexStreamingCall(Reflection, null, new CallOptions(cancellationToken: Token));

        // file_containing_symbol is field 4 of the request.
        byte[] request = [(4 << 3) | 2, (byte)service.Length, .. System.Text.Encoding.ASCII.GetBytes(service)];
        await call.RequestStream.WriteAsync(request, Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));

        var text = System.Text.Encoding.Latin1.GetString(call.ResponseStream.Current);
        Assert.Contains(service.Split('.')[^1], text, StringComparison.Ordinal);
        Assert.DoesNotContain("not found", text, StringComparison.OrdinalIgnoreCase);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Token));
    }

    [Fact]
    public async Task ServeAsync_StreamFuncOfAnApplication_EndsAsGoClientsExpect()
    {
        OrdersService.Orders = (after, _, _) => ReadAsync(after.Of(0)?.Id.Value ?? 0);
        await using var server = await GrpcServer.StartAsync(Faults, null, app => app.MapGrpcService<OrdersService>());
        using var call = server.Invoker.AsyncServerStreamingCall(
            OrdersService.StreamOrdersMethod,
            null,
            new CallOptions(cancellationToken: Token),
            new global::Reflexpb.StreamRequest { After = "1" });

        var (events, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        Assert.Equal(["2", "3"], events.Select(e => e.Id));
        GrpcErrors.AssertReflexpb(error, StatusCode.OutOfRange, ErrorReasons.HeadReachedCode);
    }

    [Fact]
    public async Task ServeAsync_StreamFuncThatFailsToRead_IsAFailureOfTheServer()
    {
        OrdersService.Orders = (_, _, _) => throw new IOException("the application's own disk");
        await using var server = await GrpcServer.StartAsync(Faults, null, app => app.MapGrpcService<OrdersService>());
        using var call = server.Invoker.AsyncServerStreamingCall(
            OrdersService.StreamOrdersMethod, null, new CallOptions(cancellationToken: Token), new global::Reflexpb.StreamRequest());

        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Contains("the application's own disk", Assert.Single(server.Errors()), StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<Event> ReadAsync(long after)
    {
        await Task.Yield();
        for (var id = after + 1; id <= 3; id++)
        {
            yield return Event.Create(new EventId(id), new NewEvent(1, "order"));
        }

        throw new HeadReachedException("orders");
    }
}
