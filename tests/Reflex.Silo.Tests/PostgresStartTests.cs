using System.Net;
using Npgsql;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

/// <summary>A PostgreSQL that a silo can't use.</summary>
public sealed class PostgresStartTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OnAServerThatIsTooOld_IsRefused()
    {
        var database = await server.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(
            database,
            """
            create function public.current_setting(text) returns text language sql as
                $$ select case $1 when 'server_version_num' then '120022' else pg_catalog.current_setting($1) end $$
            """);
        await RefusedAsync($"{database};Search Path=public,pg_catalog", "is on PostgreSQL 12; 13 or newer is needed.");
    }

    [Fact]
    public async Task Start_WithAWrongPassword_IsRefused()
    {
        var role = await server.CreateRoleAsync(await server.CreateDatabaseAsync(), "guarded", "right");
        var wrong = new NpgsqlConnectionStringBuilder(role) { Password = "secret" }.ConnectionString;
        await RefusedAsync(wrong, "password authentication failed for user \"guarded\"");
    }

    [Fact]
    public async Task Start_OnADatabaseThatIsNotThere_IsRefused()
    {
        var database = await server.CreateDatabaseAsync();
        await RefusedAsync($"{database};Database=nowhere;Password=secret", "database \"nowhere\" does not exist");
    }

    [Fact]
    public async Task Start_WithoutRights_IsRefused()
    {
        var database = await server.CreateDatabaseAsync();
        await RefusedAsync(await server.CreateRoleAsync(database, "weak", "secret"), "may not make");
    }

    [Fact]
    public async Task Start_OnAStandby_IsRefusedUnlessThePrimaryIsNamedToo()
    {
        var database = await server.CreateDatabaseAsync();
        await using var standby = await server.StartStandbyAsync();
        await RefusedAsync(standby.Here(database), "is on a standby, which takes no writes: name the primary");
        var all = $"{standby.HereOr(server, database)};Target Session Attributes=prefer-standby";
        await using var silo = await StockSilo.StartAsync(null, Settings(all));
        using var answer = await silo.Client.GetAsync("/health/ready", Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Start_BesideAnotherServiceOrCluster_IsRefusedNamingBothUntilThatHasStopped()
    {
        var settings = Settings(await server.CreateDatabaseAsync());
        await using (var first = await StockSilo.StartAsync(null, [.. settings, "--Orleans:ServiceId=shop", "--Orleans:ClusterId=blue"]))
        {
            await RefusedAsync(
                [.. settings, "--Orleans:ServiceId=bank", "--Orleans:ClusterId=blue"],
                "belongs to the service 'shop', and this silo is of the service 'bank'");
            await RefusedAsync(
                [.. settings, "--Orleans:ServiceId=shop", "--Orleans:ClusterId=green"],
                "is used by the cluster 'blue', whose silo ",
                " and this silo is of the cluster 'green'");
            Assert.Equal(0, await first.Process.TerminateAsync());
        }

        await RefusedAsync(
            [.. settings, "--Orleans:ServiceId=bank", "--Orleans:ClusterId=green"], "belongs to the service 'shop'");
        await using var next = await StockSilo.StartAsync(null, [.. settings, "--Orleans:ServiceId=shop", "--Orleans:ClusterId=green"]);
        Assert.Equal(0, await next.Process.TerminateAsync());
    }

    [Fact]
    public async Task Start_WithAnotherPartitionCountThanARunningSilo_IsRefusedNamingBoth()
    {
        var settings = Settings(await server.CreateDatabaseAsync());
        await using var first = await StockSilo.StartAsync(null, [.. settings, "--Reflex:Streams:orders:Partitions=4"]);
        await RefusedAsync([.. settings, "--Reflex:Streams:orders:Partitions=8"], "is stored with 4 partitions but 8 are asked for");
    }

    private static string[] Settings(string connectionString) =>
        ["--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={connectionString}"];

    private static Task RefusedAsync(string connectionString, string expected) => RefusedAsync(Settings(connectionString), expected);

    private static async Task RefusedAsync(string[] settings, params string[] expected)
    {
        await using var silo = StockSilo.Launch(null, settings);
        Assert.Equal(1, await silo.Process.EndsAsync());
        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Reflex can't start: ", line, StringComparison.Ordinal);
        Assert.All(expected, one => Assert.Contains(one, line, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", silo.Process.Printed, StringComparison.Ordinal);
    }
}
