using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Membership;

/// <summary>The silos that take outside clients, from the membership in PostgreSQL.</summary>
internal sealed class PostgresGateways(
    PostgresDatabase database, IOptions<ClusterOptions> cluster, IOptions<GatewayOptions> options) : IGatewayListProvider
{
    private readonly MembershipStatements _statements = new(database.Schema);

    public TimeSpan MaxStaleness => options.Value.GatewayListRefreshPeriod;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways() => await database.QueryAsync(
        _statements.OfStatus,
        reader => StoredSilo.Read(reader.GetString(0)),
        CancellationToken.None,
        PostgresDatabase.Value(cluster.Value.ClusterId),
        PostgresDatabase.Value((int)SiloStatus.Active)).ConfigureAwait(false) is var silos
        ? [.. silos.Where(silo => silo.ProxyPort != 0).Select(ToGateway)]
        : [];

    private static Uri ToGateway(StoredSilo silo)
    {
        var address = SiloAddress.FromParsableString(silo.Address);
        return SiloAddress.New(address.Endpoint.Address, silo.ProxyPort, address.Generation).ToGatewayUri();
    }
}
