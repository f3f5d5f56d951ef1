using System.Net;
using System.Net.Sockets;
using Npgsql;
using Reflex.Tests.Shared;

namespace Reflex.Cluster.Tests.Cluster;

/// <summary>Three silos in processes of their own, and their PostgreSQL.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    public const int Silos = 3;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly PostgresServer _server;
    private readonly Guardian _guardian = new();

    private ChaosCluster(PostgresServer server, string postgres, string folder, int partitions)
    {
        _server = server;
        Postgres = postgres;
        Folder = folder;
        Lives = new SiloLives(folder);
        Database = NpgsqlDataSource.Create(postgres);
        Membership = new Membership(Database);
        _guardian.Add(server.ProcessId);
        Slots = [.. Enumerable.Range(1, Silos).Select(number =>
            new SiloSlot(number, folder, postgres, partitions, Lives, _guardian, LinksOf))];
    }

    public IReadOnlyList<SiloSlot> Slots { get; }

    public SiloLives Lives { get; }

    /// <summary>How PostgreSQL is reached directly, which no fault cuts.</summary>
    public string Postgres { get; }

    public NpgsqlDataSource Database { get; }

    public Membership Membership { get; }

    /// <summary>For the files of the run.</summary>
    public string Folder { get; }

    public static async Task<ChaosCluster> StartAsync(
        PostgresServer server, string folder, int partitions, CancellationToken cancellationToken)
    {
        var cluster = new ChaosCluster(server, await server.CreateDatabaseAsync(), folder, partitions);
        await cluster.SettleAsync(cancellationToken);
        return cluster;
    }

    /// <summary>Waits until every silo serves and is a member.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period);
        while (Slots.Select(slot => slot.Process?.Address).OfType<string>().ToList() is var serving
            && (serving.Count < Silos || await Membership.CountAsync(serving, SiloStatus.Active, cancellationToken) < Silos))
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Stops PostgreSQL in order, or kills it, and starts it again.</summary>
    public async Task RestartPostgresAsync(bool kills)
    {
        _guardian.Remove(_server.ProcessId);
        await (kills ? _server.KillAsync() : _server.StopAsync());
        await _server.StartAsync();
        _guardian.Add(_server.ProcessId);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in Slots)
        {
            await slot.DisposeAsync();
        }

        await Database.DisposeAsync();
        _guardian.Remove(_server.ProcessId);
        _guardian.Dispose();
    }

    /// <summary>What a connection from another silo passes through at that one's end.</summary>
    private Gate[] LinksOf(Socket connection)
    {
        if (connection.RemoteEndPoint is not IPEndPoint peer)
        {
            return [];
        }

        var processes = Slots.Where(slot => slot.Process is not null).ToDictionary(slot => slot.Process!.Id, slot => slot.Links);
        return Peers.FindOwner(peer, processes.Keys) is { } owner ? [processes[owner]] : [];
    }
}
