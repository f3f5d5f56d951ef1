using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Peers;

/// <summary>The file log without a silo around it, composed as a silo composes it.</summary>
internal sealed class FileLog : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IEventLogProvider _provider;
    private readonly PartitionInstruments _instruments;

    private FileLog(ServiceProvider services)
    {
        _services = services;
        _provider = services.GetRequiredService<IEventLogProvider>();
        _instruments = new PartitionInstruments(services.GetRequiredService<IMeterFactory>());
    }

    public static async Task<FileLog> StartAsync(string folder, Durability durability, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection().AddLogging().AddMetrics();
        new Builder(services).UseFileLog(folder, log => log.Durability = durability);
        var files = new FileLog(services.BuildServiceProvider());
        await files._provider.StartAsync(cancellationToken);
        return files;
    }

    public Task<PartitionLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken) => PartitionLog.OpenAsync(
        _provider, partition, new PartitionLogOptions(), TimeProvider.System, _instruments, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _instruments.Dispose();
        return _services.DisposeAsync();
    }

    private sealed record Builder(IServiceCollection Services) : IReflexBuilder;
}
