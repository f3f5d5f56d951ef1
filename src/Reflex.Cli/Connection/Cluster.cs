namespace Reflex.Cli.Connection;

/// <summary>A connection to a cluster.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly IAsyncDisposable _connection;

    private Cluster(IReflexClient client, IAsyncDisposable connection)
    {
        Client = client;
        _connection = connection;
    }

    public IReflexClient Client { get; }

    public static Cluster Connect(Uri server, string? apiKey) => throw new NotSupportedException($"{server} {apiKey}");

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
