using Reflex.AspNetCore.Http;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A test with a server of its own over the common cluster. Errors in the log fail it.</summary>
public abstract class HttpTest(Cluster cluster) : IAsyncLifetime
{
    private HttpServer? _server;

    internal FaultyClient Faults { get; } = new(cluster.Client);

    internal HttpServer Server => _server!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected Cluster Cluster => cluster;

    public async ValueTask InitializeAsync() => _server = await HttpServer.StartAsync(Faults, Configure);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Server.DisposeAsync();
        Assert.Empty(Server.Errors());
    }

    protected virtual void Configure(ReflexHttpOptions options)
    {
    }
}
