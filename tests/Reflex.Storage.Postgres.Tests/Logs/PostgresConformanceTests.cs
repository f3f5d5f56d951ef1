using Microsoft.Extensions.Options;
using Reflex.Storage.Postgres.Database;
using Reflex.Testing.Conformance;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

public class PostgresConformanceTests(PostgresServer server) : EventLogConformance, IAsyncDisposable
{
    private readonly List<PostgresDatabase> _opened = [];
    private PgBouncerServer? _pooler;
    private string? _connectionString;

    public static TheoryData<string> Checks => [.. CheckNames];

    /// <summary>Whether a PgBouncer is between the silo and the server.</summary>
    protected virtual bool IsPooled => false;

    [Theory]
    [MemberData(nameof(Checks))]
    public async Task Conforms(string check)
    {
        _connectionString = await server.CreateDatabaseAsync();
        if (IsPooled)
        {
            _pooler = await PgBouncerServer.StartAsync(_connectionString);
            _connectionString = _pooler.Through(_connectionString);
        }

        await RunAsync(check, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await (_pooler?.DisposeAsync() ?? ValueTask.CompletedTask);
        GC.SuppressFinalize(this);
    }

    protected override async ValueTask<IEventLogProvider> StartAsync(CancellationToken cancellationToken)
    {
        var options = new PostgresOptions { ConnectionString = _connectionString! };
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
