using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace Reflex.Benchmarks.Peers;

/// <summary>NATS JetStream with file storage. It flushes every two minutes unless told otherwise, and is left at that.</summary>
internal sealed class NatsPeer : IMeasuredSystem
{
    public const string SystemName = "nats";
    public const string Executable = "nats-server";

    private readonly ServerProcess _server;
    private readonly NatsConnection _connection;
    private readonly NatsJSContext _jetStream;

    private NatsPeer(ServerProcess server, NatsConnection connection)
    {
        _server = server;
        _connection = connection;
        _jetStream = new NatsJSContext(connection);
    }

    public string Name => SystemName;

    public bool IsOurs => false;

    public bool IsFlushed => false;

    public bool IsLog => true;

    public static async Task<NatsPeer> StartAsync(string executable, string folder, CancellationToken cancellationToken)
    {
        var server = await ServerProcess.StartAsync(
            executable, port => ["--addr", "127.0.0.1", "--port", port, "--jetstream", "--store_dir", folder], folder, cancellationToken);
        var connection = new NatsConnection(new NatsOpts
        {
            Url = $"nats://127.0.0.1:{server.Port}",
            RequestTimeout = TimeSpan.FromMinutes(1),
        });
        return new NatsPeer(server, connection);
    }

    public async Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken)
    {
        await _jetStream.CreateStreamAsync(new StreamConfig(name, [name]) { Storage = StreamConfigStorage.File }, cancellationToken);
        return new NatsStream(name, _jetStream);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }
}
