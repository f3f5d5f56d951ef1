using Npgsql;

namespace Reflex.Storage.Postgres.Database;

/// <summary>Makes connections as the options say. Thread-safe.</summary>
/// <remarks>
/// The first one finds out whether a pooler is on the way, which lends another connection of the server's each time: statements that are
/// prepared on one of them aren't known on the next.
/// </remarks>
internal sealed class ConnectionSource(PostgresOptions options) : IAsyncDisposable
{
    // Appends, openings, owners and state have one each; the rest is for membership, trims and what reads a row now and then.
    private const int OtherConnections = 12;

    private readonly SemaphoreSlim _choosing = new(1);
    private volatile NpgsqlDataSource? _chosen;

    /// <summary>A connection.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var source = _chosen ?? await ChooseAsync(cancellationToken).ConfigureAwait(false);
        return await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await (_chosen?.DisposeAsync() ?? ValueTask.CompletedTask).ConfigureAwait(false);
        _choosing.Dispose();
    }

    private async Task<NpgsqlDataSource> ChooseAsync(CancellationToken cancellationToken)
    {
        await _choosing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _chosen ??= Build(await MayPrepareAsync(cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _choosing.Release();
        }
    }

    private async Task<bool> MayPrepareAsync(CancellationToken cancellationToken)
    {
        var source = Build(mayPrepare: false, isPool: false);
        await using (source.ConfigureAwait(false))
        {
            var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                // The process that has greeted is a pooler's invention unless it is the one that answers.
                var command = new NpgsqlCommand("select pg_backend_pid()", connection);
                await using (command.ConfigureAwait(false))
                {
                    return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is int answering
                        && answering == connection.ProcessID;
                }
            }
        }
    }

    private static string ReadPassword(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString.Trim()).Password ?? "";

    private NpgsqlDataSource Build(bool mayPrepare, bool isPool = true)
    {
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        var text = builder.ConnectionStringBuilder;
        text.CommandTimeout = (int)options.CommandTimeout.TotalSeconds;
        text.ApplicationName ??= "reflex";

        // A statement that takes too long is not asked to end: the server would answer that it is committed, though no standby has it.
        text.CancellationTimeout = -1;

        // No connection is ever given settings of its own, which would have to be taken back.
        text.NoResetOnClose = true;
        text.Pooling &= isPool;

        // Nothing but the primary will do, whatever the string says, and Npgsql wants to hear it in one place only.
        text.TargetSessionAttributes = null;
        if (options.ConnectionStringFile is { } file)
        {
            text.Password = null;
            builder.UsePasswordProvider(
                _ => ReadPassword(File.ReadAllText(file)),
                async (_, token) => ReadPassword(await File.ReadAllTextAsync(file, token).ConfigureAwait(false)));
        }

        if (mayPrepare && !IsSet("Max Auto Prepare"))
        {
            text.MaxAutoPrepare = 50;
            text.AutoPrepareMinUsages = 2;
        }

        if (!IsSet("Maximum Pool Size"))
        {
            text.MaxPoolSize = options.MaxReads + OtherConnections;
        }

        if (text.Host?.Contains(',', StringComparison.Ordinal) != true)
        {
            return builder.Build();
        }

        // A host that broke a connection is passed over for so long; a failover takes longer, a restart less.
        text.HostRecheckSeconds = 1;
        return builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary);

        bool IsSet(string keyword) => text.Keys.Contains(keyword);
    }
}
