using Reflex.Grpc;

namespace Reflex.Cli.Connection;

/// <summary>A connection to a cluster.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly ReflexGrpcClient _client;

    private Cluster(ReflexGrpcClient client) => _client = client;

    public IReflexClient Client => _client;

    /// <summary>Makes a connection, which opens at the first call.</summary>
    /// <param name="server">Where the cluster serves gRPC.</param>
    /// <param name="credential">An API key or a bearer token; null or empty for none.</param>
    public static Cluster Connect(Uri server, string? credential)
    {
        var options = new ReflexGrpcClientOptions();
        return new Cluster(new ReflexGrpcClient(server, string.IsNullOrEmpty(credential)
            ? options
            : options with { Headers = new Dictionary<string, string> { ["authorization"] = $"Bearer {credential}" } }));
    }

    public void Dispose() => _client.Dispose();
}
