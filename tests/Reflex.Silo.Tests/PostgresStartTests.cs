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
        await using var silo = await StockSilo.StartAsync(null, Settings(standby.HereOr(server, database)));
        using var answer = await silo.Client.GetAsync("/health/ready", Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static string[] Settings(string connectionString) =>
        ["--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={connectionString}"];

    private static async Task RefusedAsync(string connectionString, string expected)
    {
        await using var silo = StockSilo.Launch(null, Settings(connectionString));
        Assert.Equal(1, await silo.Process.EndsAsync());
        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Reflex can't start: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", silo.Process.Printed, StringComparison.Ordinal);
    }
}
