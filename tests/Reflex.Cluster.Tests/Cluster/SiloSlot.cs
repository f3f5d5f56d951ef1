using System.Net;
using System.Net.Sockets;
using Npgsql;
using Reflex.Tests.Shared;

namespace Reflex.Cluster.Tests.Cluster;

/// <summary>
/// One of the cluster's silos over all its lives: whenever its process ends though it is wanted, another is launched, as by what looks
/// after the processes of a machine. It reaches PostgreSQL, and is reached by the others, through the test.
/// </summary>
internal sealed class SiloSlot : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly string _postgres;
    private readonly int _partitions;
    private readonly SiloLives _lives;
    private readonly Guardian _guardian;
    private readonly Func<Socket, Gate[]> _linksOfPeer;
    private readonly Proxy _postgresProxy;
    private readonly Gate _wanted = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _keeping;
    private Proxy _links;
    private IReadOnlyDictionary<string, string> _nextEnvironment = new Dictionary<string, string>();
    private SiloEnding _expected;

    public SiloSlot(
        int number, string folder, string postgres, int partitions, SiloLives lives, Guardian guardian, Func<Socket, Gate[]> linksOfPeer)
    {
        Number = number;
        _folder = folder;
        _partitions = partitions;
        _lives = lives;
        _guardian = guardian;
        _linksOfPeer = linksOfPeer;
        var server = new NpgsqlConnectionStringBuilder(postgres);
        var listening = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        _postgresProxy = new Proxy(listening, new IPEndPoint(IPAddress.Loopback, server.Port), _ => [PostgresGate]);
        server.Port = listening.Port;
        _postgres = server.ConnectionString;
        Place = SiloPlace.Find();
        _links = Link();
        _keeping = KeepAsync();
    }

    public int Number { get; }

    public SiloPlace Place { get; private set; }

    /// <summary>Its present process; null before the first one, and when the last one has ended and none follows yet.</summary>
    public SiloProcess? Process { get; private set; }

    /// <summary>What the other silos reach it through, and it reaches them.</summary>
    public Gate Links { get; } = new();

    /// <summary>What it reaches PostgreSQL through.</summary>
    public Gate PostgresGate { get; } = new();

    /// <summary>SIGKILL; ends when nothing of the process is left. No other one follows until <see cref="Start"/>.</summary>
    public async Task KillAsync()
    {
        if (Expect(SiloEnding.Killed) is { } process)
        {
            process.Kill();
            await process.Exited;
        }
    }

    /// <summary>SIGTERM; ends when the silo has stopped in order. No other process follows until <see cref="Start"/>.</summary>
    public async Task StopAsync()
    {
        if (Expect(SiloEnding.Stopped) is { } process)
        {
            process.Signal("TERM");
            Assert.Equal(0, await process.Exited.WaitAsync(StopLimit));
        }
    }

    /// <summary>Has a process again.</summary>
    /// <param name="environment">What only the next process has in its environment.</param>
    public void Start(IReadOnlyDictionary<string, string>? environment = null)
    {
        _nextEnvironment = environment ?? new Dictionary<string, string>();
        _wanted.Open();
    }

    /// <summary>Goes to another address, while it has no process.</summary>
    public async Task MoveAsync()
    {
        await _links.DisposeAsync();
        Place = SiloPlace.Find();
        _links = Link();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await KillAsync();
        await _keeping;
        await _links.DisposeAsync();
        await _postgresProxy.DisposeAsync();
        _ending.Dispose();
    }

    private Proxy Link() => new(Place.Advertised, Place.Listening, peer => [Links, .. _linksOfPeer(peer)]);

    private async Task KeepAsync()
    {
        try
        {
            while (true)
            {
                await _wanted.PassAsync().WaitAsync(_ending.Token);
                await LiveAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }
    }

    private async Task LiveAsync()
    {
        SiloLife life;
        SiloProcess process;
        lock (_lock)
        {
            if (!_wanted.IsOpen)
            {
                return;
            }

            life = _lives.Begin(Number);
            _expected = SiloEnding.ByItself;
            Process = process = SiloProcess.Launch(Settings(life), _nextEnvironment, _folder, life.Printed);
            _nextEnvironment = new Dictionary<string, string>();
        }

        _guardian.Add(process.Id);
        await process.Exited;
        _guardian.Remove(process.Id);
        lock (_lock)
        {
            life.EndedAt = Clock.Now;
            life.Ending = _expected;
            Process = null;
        }
    }

    /// <summary>No process is wanted any more; answers the one that there is.</summary>
    private SiloProcess? Expect(SiloEnding ending)
    {
        lock (_lock)
        {
            _wanted.Close();
            _expected = ending;
            return Process;
        }
    }

    private string[] Settings(SiloLife life) =>
    [
        $"--Postgres={_postgres}",
        $"--Address={Place.Address}",
        $"--SiloPort={Place.Advertised.Port}",
        $"--SiloListening={Place.Listening}",
        $"--GatewayPort={Place.GatewayPort}",
        $"--HttpPort={Place.HttpPort}",
        $"--GrpcPort={Place.GrpcPort}",
        $"--Ledger={life.Ledger}",
        $"--Partitions={_partitions}",
    ];
}
