using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Membership;

/// <summary>Refuses a silo whose schema is another service's, or another cluster's that lives.</summary>
/// <remarks>
/// Two clusters of one service in one schema would do no harm to a log, as its owners fence one another, but would take it from one another
/// for ever. It is looked at the start: of two that start in the same moment neither sees the other.
/// </remarks>
internal sealed class SchemaUse(
    PostgresDatabase database,
    IOptions<ClusterOptions> cluster,
    IOptions<ClusterMembershipOptions> membership,
    MembershipClock clock)
{
    private readonly MembershipStatements _statements = new(database.Schema);

    /// <summary>Looks, and makes an unused schema the service's.</summary>
    /// <exception cref="StorageRefusedException">It is another one's, or can't be asked.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RequireServiceAsync(cancellationToken).ConfigureAwait(false);
            await RequireNoOtherClusterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            throw new StorageRefusedException($"{database.Place} can't be used: {PostgresErrors.Tell(error)}", error);
        }
    }

    private async Task RequireServiceAsync(CancellationToken cancellationToken)
    {
        var service = cluster.Value.ServiceId;
        var found = await database.ChangeAsync(
            _statements.Service, reader => reader.GetString(0), cancellationToken, PostgresDatabase.Value(service)).ConfigureAwait(false);
        if (found[0] != service)
        {
            throw new StorageRefusedException(
                $"{database.Place} belongs to the service '{found[0]}', and this silo is of the service '{service}': "
                + $"give it a schema of its own, or set Orleans:ServiceId to '{found[0]}'.");
        }
    }

    private async Task RequireNoOtherClusterAsync(CancellationToken cancellationToken)
    {
        var id = cluster.Value.ClusterId;

        // As Orleans has it: a silo that has said nothing for so long is taken for dead.
        var patience = membership.Value.IAmAliveTablePublishTimeout * membership.Value.NumMissedTableIAmAliveLimit;
        var living = await database.QueryAsync(
            _statements.LivingElsewhere,
            reader => (Cluster: reader.GetString(0), Silo: reader.GetString(1), AliveAt: reader.GetDateTime(2)),
            cancellationToken,
            PostgresDatabase.Value(id),
            PostgresDatabase.Value((int)SiloStatus.Dead),
            PostgresDatabase.Value((clock.GetUtcNow() - patience).UtcDateTime)).ConfigureAwait(false);
        if (living is [var one])
        {
            throw new StorageRefusedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{database.Place} is used by the cluster '{one.Cluster}', whose silo {one.Silo} was alive at {one.AliveAt:u}, "
                + $"and this silo is of the cluster '{id}': stop the silos of that one, where one that was killed counts for {patience}, "
                + $"or set Orleans:ClusterId to '{one.Cluster}'."));
        }
    }
}
