using Microsoft.Extensions.DependencyInjection;
using Reflex.Storage;

namespace Reflex.Copying.Tests.Support;

/// <summary>The logs of a storage as a silo has them: it keeps others from a data folder until it is disposed.</summary>
internal sealed class Silo : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Silo(ServiceProvider services) => _services = services;

    public IEventLogProvider Logs => _services.GetRequiredService<IEventLogProvider>();

    public static Task<Silo> StartAsync(string storage)
    {
        var composition = new Composition();
        _ = storage.Contains('=', StringComparison.Ordinal)
            ? composition.UsePostgres(storage)
            : composition.UseFileLog(storage, options => options.SegmentSizeBytes = 4096);
        return StartAsync(composition);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static async Task<Silo> StartAsync(Composition composition)
    {
        var silo = new Silo(composition.Services.BuildServiceProvider());
        try
        {
            await silo.Logs.StartAsync(TestContext.Current.CancellationToken);
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }
}
