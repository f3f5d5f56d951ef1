using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

/// <summary>A password of PostgreSQL that changes while a silo runs.</summary>
public sealed class PostgresPasswordTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_WhosePasswordChanges_GoesOnWithThatOfTheFile()
    {
        var database = await server.CreateDatabaseAsync();
        var text = await server.CreateRoleAsync(database, "rotated", "opening");
        await PostgresServer.ExecuteAsync(
            database, $"grant create on database {new NpgsqlConnectionStringBuilder(database).Database} to rotated");
        var file = Path.Combine(Directory.CreateTempSubdirectory("reflex-secret-").FullName, "connection");
        await File.WriteAllTextAsync(file, text, Token);
        await using var silo = await StockSilo.StartAsync(
            null, "--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionStringFile={file}", "--Reflex:Streams:orders:Partitions=1");
        Assert.Equal(HttpStatusCode.Created, await AppendAsync(silo));

        await File.WriteAllTextAsync(file, text.Replace("opening", "changed-secret", StringComparison.Ordinal), Token);
        await PostgresServer.ExecuteAsync(database, "alter role rotated password 'changed-secret'");
        await PostgresServer.ExecuteAsync(
            database, "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'rotated'");
        while (await AppendAsync(silo) is var status && status != HttpStatusCode.Created)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        }

        Assert.DoesNotContain("changed-secret", silo.Process.Printed, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> AppendAsync(StockSilo silo)
    {
        using var answer = await silo.Client.PostAsJsonAsync("/streams/orders/events", new { type = 1, foreignId = "42" }, Token);
        return answer.StatusCode;
    }
}
