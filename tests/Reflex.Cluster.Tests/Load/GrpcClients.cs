using System.Collections.Concurrent;
using Grpc.Net.Client;
using Reflex.Cluster.Tests.Cluster;
using Reflex.Grpc;
using Reflex.Retries;

namespace Reflex.Cluster.Tests.Load;

/// <summary>A client of each silo's address. Thread-safe.</summary>
internal sealed class GrpcClients : IDisposable
{
    // A silo that is frozen says nothing: it is left soon, or every fault would take a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<Uri, Lazy<(GrpcChannel Channel, ReflexGrpcClient Client)>> _clients = new();

    public GrpcChannel ChannelOf(SiloPlace silo) => Find(silo).Channel;

    public ReflexGrpcClient ClientOf(SiloPlace silo) => Find(silo).Client;

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Value.Client.Dispose();
            client.Value.Channel.Dispose();
        }
    }

    private (GrpcChannel Channel, ReflexGrpcClient Client) Find(SiloPlace silo) => _clients.GetOrAdd(silo.Grpc, address => new(() =>
    {
        var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
            MaxReconnectBackoff = TimeSpan.FromSeconds(1),
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = Patience,
                EnableMultipleHttp2Connections = true,
                KeepAlivePingDelay = TimeSpan.FromSeconds(2),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(2),
            },
        });
        return (channel, new ReflexGrpcClient(channel, new ReflexGrpcClientOptions
        {
            CallTimeout = Patience,
            ReadRetryTimeout = TimeSpan.FromSeconds(2),
            RetryBackoff = new Backoff { Longest = TimeSpan.FromSeconds(1) },
        }));
    })).Value;
}
