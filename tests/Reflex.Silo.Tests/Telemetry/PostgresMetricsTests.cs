using Npgsql;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Telemetry;

/// <summary>What a silo tells of its connections to PostgreSQL.</summary>
public sealed class PostgresMetricsTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Metrics_WithPostgres_TellOfItsConnectionsAndOfNoSecret()
    {
        var database = await server.CreateDatabaseAsync();
        var measured = await server.CreateRoleAsync(database, "measured", "a-secret");
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await PostgresServer.ExecuteAsync(database, $"grant create on database {name} to measured");
        await using var silo = await StockSilo.StartAsync(
            null, "--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={measured}");

        var metrics = await silo.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Contains("\ndb_client_", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", metrics, StringComparison.Ordinal);
    }
}
