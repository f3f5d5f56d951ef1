using Microsoft.Extensions.Options;
using Reflex.Storage.Postgres.Database;
using Reflex.Testing.Conformance;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

public sealed class PostgresConformanceTests(PostgresServer server) : EventLogConformance
{
    private readonly Lazy<Task<string>> _database = new(server.CreateDatabaseAsync);
    private readonly List<PostgresDatabase> _opened = [];

    public static TheoryData<string> Checks => [.. CheckNames];

    [Theory]
    [MemberData(nameof(Checks))]
    public async Task Conforms(string check)
    {
        await _database.Value;
        await RunAsync(check, TestContext.Current.CancellationToken);
    }

    protected override async ValueTask<IEventLogProvider> StartAsync(CancellationToken cancellationToken)
    {
        var options = new PostgresOptions { ConnectionString = await _database.Value };
        var database = new PostgresDatabase(options);
        _opened.Add(database);
        var provider = new PostgresLogProvider(database, Options.Create(options));
        await provider.StartAsync(cancellationToken);
        return provider;
    }

    protected override async ValueTask StopAsync(IEventLogProvider provider)
    {
        await base.StopAsync(provider);
        foreach (var database in _opened)
        {
            await database.DisposeAsync();
        }

        _opened.Clear();
    }
}
