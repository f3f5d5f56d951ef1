using Reflex.Storage.Postgres;
using Reflex.Storage.Postgres.Copying;

namespace Reflex.Copying.Places;

/// <summary>A PostgreSQL.</summary>
internal sealed record PostgresPlace(string ConnectionString, string Schema) : StoragePlace
{
    internal override async Task<ICopySource> OpenSourceAsync(CancellationToken cancellationToken)
    {
        var storage = Connect();
        try
        {
            await storage.RequireAsync(cancellationToken).ConfigureAwait(false);
            await storage.RequireNoSiloAsync(cancellationToken).ConfigureAwait(false);
            return new PostgresSource(storage);
        }
        catch
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal override async Task<ICopyTarget> OpenTargetAsync(CancellationToken cancellationToken)
    {
        var storage = Connect();
        try
        {
            return await storage.BeginCopyAsync(cancellationToken).ConfigureAwait(false)
                ? new PostgresTarget(storage)
                : new FinishedTarget(new PostgresSource(storage));
        }
        catch
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private PostgresStorage Connect() =>
        PostgresStorage.At(new PostgresOptions { ConnectionString = ConnectionString, Schema = Schema });
}
