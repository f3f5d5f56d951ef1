using Reflex.Cursors;
using Reflex.Events;
using Reflex.Retries;
using Reflex.Streams;

namespace Reflex.Grpc.Tests.Support;

/// <summary>What tests with a server need.</summary>
public abstract class GrpcTest : IAsyncLifetime
{
    private readonly GrpcServer _server = new(new MemoryCluster());
    private readonly List<ReflexGrpcClient> _clients = [];

    internal GrpcServer Server => _server;

    internal MemoryCluster Cluster => _server.Cluster;

    protected static CancellationToken Ending => TestContext.Current.CancellationToken;

    protected static ReflexGrpcClientOptions Fast { get; } = new()
    {
        RetryBackoff = new Backoff { Initial = TimeSpan.FromMilliseconds(1), Longest = TimeSpan.FromMilliseconds(20) },
    };

    protected static ReflexGrpcClientOptions NoRetry { get; } = new() { ReadRetryTimeout = TimeSpan.Zero };

    public async ValueTask InitializeAsync() => await _server.StartAgainAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected ReflexGrpcClient Client(ReflexGrpcClientOptions? options = null)
    {
        var client = new ReflexGrpcClient(_server.Address, options ?? Fast);
        _clients.Add(client);
        return client;
    }

    /// <summary>The first events of a sequence.</summary>
    protected static async Task<List<Event>> TakeAsync(IAsyncEnumerable<Event> events, int count)
    {
        var taken = new List<Event>();
        await foreach (var e in events)
        {
            taken.Add(e);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    protected static Task<List<Event>> TakeAsync(StreamFunc stream, Cursor after, int count) =>
        TakeAsync(stream(after, StreamOptions.Default, Ending), count);
}
