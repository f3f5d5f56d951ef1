using Reflex.Storage;
using Reflex.Storage.Postgres.Copying;

namespace Reflex.Copying.Places;

/// <summary>A PostgreSQL that no silo uses.</summary>
internal sealed class PostgresSource(PostgresStorage storage) : ICopySource
{
    public string Place => storage.Place;

    public IEventLogProvider Logs => storage.Logs;

    public async Task<IReadOnlyList<StateRecord>?> ReadStateAsync(CancellationToken cancellationToken) =>
        await storage.ReadStateAsync(cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => storage.DisposeAsync();
}
