using Npgsql;

namespace Reflex.Cluster.Tests.Faults;

/// <summary>PostgreSQL ends all connections but the one that asks it to, a few times in a row.</summary>
internal sealed class ConnectionsEnd : IFault
{
    private const int MostTimes = 5;

    public FaultKind Kind => FaultKind.ConnectionsTerminated;

    public async Task RunAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        // One that no pool gives back when it was ended as well.
        await using var connection = new NpgsqlConnection($"{scene.Cluster.Postgres};Pooling=false");
        await connection.OpenAsync(cancellationToken);
        for (var times = scene.Random.Next(MostTimes); times >= 0; times--)
        {
            await using var command = new NpgsqlCommand(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity "
                + "where pid <> pg_backend_pid() and datname = current_database()",
                connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        scene.Mark();
    }
}
