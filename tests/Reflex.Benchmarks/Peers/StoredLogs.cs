using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Reflex.Diagnostics;
using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Peers;

/// <summary>The logs of a storage without a silo around them, composed as a silo composes them.</summary>
internal sealed class StoredLogs : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IEventLogProvider _provider;
    private readonly PartitionInstruments _instruments;

    private StoredLogs(ServiceProvider services)
    {
        _services = services;
        _provider = services.GetRequiredService<IEventLogProvider>();
        _instruments = new PartitionInstruments(services.GetRequiredService<IMeterFactory>(), new CommitTimes(TimeProvider.System));
    }

    public static Task<StoredLogs> StartFilesAsync(string folder, Durability durability, CancellationToken cancellationToken) =>
        StartAsync(builder => builder.UseFileLog(folder, log => log.Durability = durability), cancellationToken);

    public static Task<StoredLogs> StartPostgresAsync(string connectionString, CancellationToken cancellationToken) =>
        StartAsync(builder => builder.UsePostgres(connectionString), cancellationToken);

    public Task<PartitionLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken) => PartitionLog.OpenAsync(
        _provider, partition, new PartitionLogOptions(), TimeProvider.System, _instruments, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _instruments.Dispose();
        return _services.DisposeAsync();
    }

    private static async Task<StoredLogs> StartAsync(Action<IReflexBuilder> use, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection().AddLogging().AddMetrics();
        use(new Builder(services));
        var logs = new StoredLogs(services.BuildServiceProvider());
        await logs._provider.StartAsync(cancellationToken);
        return logs;
    }

    private sealed record Builder(IServiceCollection Services) : IReflexBuilder;
}
