using Reflex.Storage.Postgres;
using Reflex.Storage.Postgres.Copying;

namespace Reflex.Copying.Places;

/// <summary>A PostgreSQL.</summary>
internal sealed record PostgresPlace(string ConnectionString, string Schema) : StoragePlace
{
    /// <summary>Without the connection string, which may hold a password.</summary>
    public override string ToString() => $"a PostgreSQL, schema {Schema}";

    internal override Task<ICopySource> OpenSourceAsync(CancellationToken cancellationToken) =>
        OpenAsync(isStopped: true, cancellationToken);

    internal override Task<ICopySource> OpenRunningAsync(CancellationToken cancellationToken) =>
        OpenAsync(isStopped: false, cancellationToken);

    internal override async Task<bool> IsInUseAsync(CancellationToken cancellationToken)
    {
        var storage = Connect();
        await using (storage.ConfigureAwait(false))
        {
            return await storage.FindSiloAsync(cancellationToken).ConfigureAwait(false) is not null;
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

    private async Task<ICopySource> OpenAsync(bool isStopped, CancellationToken cancellationToken)
    {
        var storage = Connect();
        try
        {
            await storage.RequireAsync(cancellationToken).ConfigureAwait(false);
            if (isStopped)
            {
                await storage.RequireNoSiloAsync(cancellationToken).ConfigureAwait(false);
            }

            return new PostgresSource(storage);
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
