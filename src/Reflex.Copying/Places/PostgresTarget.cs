using Reflex.Storage;
using Reflex.Storage.Postgres.Copying;

namespace Reflex.Copying.Places;

/// <summary>A PostgreSQL that is marked as a copy which isn't finished.</summary>
internal sealed class PostgresTarget(PostgresStorage storage) : ICopyTarget
{
    public string Place => storage.Place;

    public IEventLogProvider Logs => storage.Logs;

    public bool IsFinished => false;

    public async Task<IReadOnlyList<StateRecord>?> ReadStateAsync(CancellationToken cancellationToken) =>
        await storage.ReadStateAsync(cancellationToken).ConfigureAwait(false);

    public Task FinishAsync(IReadOnlyList<StateRecord> records, CancellationToken cancellationToken) =>
        storage.FinishCopyAsync(records, cancellationToken);

    public ValueTask DisposeAsync() => storage.DisposeAsync();
}
