using Reflex.Storage;
using Reflex.Storage.Postgres.Copying;

namespace Reflex.Copying.Places;

/// <summary>A PostgreSQL that no silo uses.</summary>
internal sealed class PostgresSource(PostgresStorage storage) : ICopySource
{
    public string Place => storage.Place;

    public IEventLogProvider Logs => storage.Logs;

    /// <remarks>Whoever has logs has state, which is elsewhere where it isn't here.</remarks>
    public async Task<IReadOnlyList<StateRecord>?> ReadStateAsync(CancellationToken cancellationToken) =>
        await storage.ReadStateAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } records ? records : null;

    public ValueTask DisposeAsync() => storage.DisposeAsync();
}
