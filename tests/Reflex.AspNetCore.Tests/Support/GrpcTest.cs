using Grpc.Core;
using Reflex.AspNetCore.Grpc;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A test with a server of gRPC of its own over the common cluster. Errors in the log fail it.</summary>
public abstract class GrpcTest(Cluster cluster) : IAsyncLifetime
{
    private GrpcServer? _server;

    internal FaultyClient Faults { get; } = new(cluster.Client);

    internal GrpcServer Server => _server!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected Cluster Cluster => cluster;

    protected V1.Streams.StreamsClient Streams => new(Server.Invoker);

    protected V1.Consumers.ConsumersClient Consumers => new(Server.Invoker);

    protected V1.Cursors.CursorsClient Cursors => new(Server.Invoker);

    protected global::Reflexpb.Reflex.ReflexClient Reflexpb => new(Server.Invoker);

    public async ValueTask InitializeAsync() => _server = await GrpcServer.StartAsync(Faults, Configure);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Server.DisposeAsync();
        Assert.Empty(Server.Errors());
    }

    protected static Metadata To(string stream) => new() { { "reflex-stream", stream } };

    protected virtual void Configure(ReflexGrpcOptions options)
    {
    }
}
