using Npgsql;

namespace Reflex.Cluster.Tests.Cluster;

/// <summary>What the membership in PostgreSQL says of silos.</summary>
internal sealed class Membership(NpgsqlDataSource database)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until one of the silos of the given addresses has a status.</summary>
    public async Task WaitForAnyAsync(IReadOnlyCollection<string> addresses, SiloStatus status, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period);
        while (await CountAsync(addresses, status, cancellationToken) == 0)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>How many of the silos of the given addresses have a status; none while PostgreSQL can't be asked.</summary>
    public async Task<long> CountAsync(IEnumerable<string> addresses, SiloStatus status, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(
                "select count(*) from reflex.silos where address = any ($1) and status = $2");
            command.Parameters.Add(new NpgsqlParameter { Value = addresses.ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = (int)status });
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (NpgsqlException)
        {
            // The fault is PostgreSQL's.
            return 0;
        }
    }
}
