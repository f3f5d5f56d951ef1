using StackExchange.Redis;

namespace Reflex.Benchmarks.Peers;

/// <summary>Redis streams, with an append-only file that is flushed at every append or once a second.</summary>
internal sealed class RedisPeer : IMeasuredSystem
{
    public const string Executable = "redis-server";

    private readonly ServerProcess _server;
    private readonly ConnectionMultiplexer _appending;
    private readonly ConnectionMultiplexer _reading;

    private RedisPeer(ServerProcess server, string mode, ConnectionMultiplexer appending, ConnectionMultiplexer reading)
    {
        _server = server;
        _appending = appending;
        _reading = reading;
        Name = NameOf(mode);
        IsFlushed = mode == "always";
    }

    public string Name { get; }

    public bool IsOurs => false;

    public bool IsFlushed { get; }

    public bool IsLog => true;

    public static string NameOf(string mode) => $"redis {mode}";

    /// <param name="executable">The server.</param>
    /// <param name="mode">Its <c>appendfsync</c>.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<RedisPeer> StartAsync(string executable, string mode, string folder, CancellationToken cancellationToken)
    {
        // A rewrite of the file in the middle of a figure would be the server's bad luck, not its speed.
        var server = await ServerProcess.StartAsync(
            executable,
            port =>
            [
                "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", mode,
                "--auto-aof-rewrite-percentage", "0",
            ],
            folder,
            cancellationToken);
        try
        {
            return new RedisPeer(server, mode, await ConnectAsync(), await ConnectAsync());
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
        {
            EndPoints = { { "127.0.0.1", server.Port } },
            Protocol = RedisProtocol.Resp2,

            // Thousands in flight, and a slow disk: a late answer is a figure here, not an error.
            AsyncTimeout = 60_000,
            SyncTimeout = 60_000,
        });
    }

    public Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IMeasuredStream>(new RedisStream(name, _appending.GetDatabase(), _reading.GetDatabase()));

    public async ValueTask DisposeAsync()
    {
        await _appending.DisposeAsync();
        await _reading.DisposeAsync();
        await _server.DisposeAsync();
    }
}
