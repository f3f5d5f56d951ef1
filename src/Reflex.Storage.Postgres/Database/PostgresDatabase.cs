using Npgsql;

namespace Reflex.Storage.Postgres.Database;

/// <summary>The connections to the database. Thread-safe; one for the process.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    // An append waits for one that is under way at another silo, an opening for the same: milliseconds.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMilliseconds(500);

    // A role's or a database's defaults can weaken what an append promises; what is stronger stays.
    private const string SettingsText =
        "select set_config('lock_timeout', $1, true), set_config('synchronous_commit', case when current_setting('synchronous_commit') "
        + "in ('off', 'local', 'remote_write') then 'on' else current_setting('synchronous_commit') end, true), "
        + "set_config('client_min_messages', 'warning', true)";

    private readonly ConnectionSource _source;

    public PostgresDatabase(PostgresOptions options)
    {
        var text = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        _source = new ConnectionSource(options);
        Schema = options.Schema;
        Role = text.Username ?? Environment.UserName;
        Place = $"the schema {Schema} of the database {text.Database ?? text.Username} at {text.Host}:{text.Port}";
    }

    /// <summary>The schema's name, which needs no quotes.</summary>
    public string Schema { get; }

    /// <summary>The role that it is used as.</summary>
    public string Role { get; }

    /// <summary>Where everything is, for an operator.</summary>
    public string Place { get; }

    /// <summary>A connection, of which the caller disposes.</summary>
    /// <exception cref="NoConnectionException">None can be had.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _source.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            throw new NoConnectionException(error);
        }
    }

    /// <summary>Runs a change and reads what it returns.</summary>
    /// <exception cref="NpgsqlException">
    /// It failed, or it is committed with a warning: that no standby has it, so that it may be lost with this server. Its outcome is
    /// unknown.
    /// </exception>
    public Task<List<T>> ChangeAsync<T>(
        string text, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        WithoutWarningAsync(connection => ChangeAsync(connection, text, read, cancellationToken, parameters), cancellationToken);

    /// <summary>Runs several changes in one transaction, with the same settings: all of them or none.</summary>
    /// <exception cref="NpgsqlException">It failed. If it did so at its end, the outcome is unknown.</exception>
    public Task ChangeAllAsync(Func<NpgsqlConnection, Task> change, CancellationToken cancellationToken) => WithoutWarningAsync(
        async connection =>
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var settings = new NpgsqlCommand(SettingsText, connection);
                await using (settings.ConfigureAwait(false))
                {
                    settings.Parameters.Add(LockTimeoutParameter());
                    await settings.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }

                await change(connection).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }
        },
        cancellationToken);

    /// <summary>Runs a query and reads what it returns.</summary>
    public async Task<List<T>> QueryAsync<T>(
        string text, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var command = new NpgsqlCommand(text, connection);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.AddRange(parameters);
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    return await ReadAllAsync(reader, read, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    public static NpgsqlParameter Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>A statement that changes something, with its settings in the same transaction, and in one round trip.</summary>
    /// <remarks>The settings go with it, as behind a pooler the next statement may have another connection of the server.</remarks>
    private static NpgsqlBatch Change(NpgsqlConnection connection, string text, NpgsqlParameter[] parameters)
    {
        var batch = new NpgsqlBatch(connection);
        var settings = new NpgsqlBatchCommand(SettingsText);
        settings.Parameters.Add(LockTimeoutParameter());
        batch.BatchCommands.Add(settings);
        var command = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
        return batch;
    }

    /// <summary>Changes something; a warning makes the outcome unknown: no standby has what is committed here.</summary>
    private async Task<T> WithoutWarningAsync<T>(Func<NpgsqlConnection, Task<T>> change, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            PostgresNotice? warning = null;
            connection.Notice += OnNotice;
            try
            {
                var changed = await change(connection).ConfigureAwait(false);
                return warning is null
                    ? changed
                    : throw new NpgsqlException($"PostgreSQL warned of its outcome: {warning.MessageText}");
            }
            finally
            {
                connection.Notice -= OnNotice;
            }

            void OnNotice(object? sender, NpgsqlNoticeEventArgs notice) =>
                warning = notice.Notice.InvariantSeverity == "WARNING" ? notice.Notice : warning;
        }
    }

    private static async Task<List<T>> ChangeAsync<T>(
        NpgsqlConnection connection,
        string text,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        NpgsqlParameter[] parameters)
    {
        var batch = Change(connection, text, parameters);
        await using (batch.ConfigureAwait(false))
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                return await ReadAllAsync(reader, read, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static NpgsqlParameter LockTimeoutParameter() =>
        new NpgsqlParameter<string> { TypedValue = $"{LockTimeout.TotalMilliseconds:0}ms" };

    private static async Task<List<T>> ReadAllAsync<T>(
        NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        // The end of the transaction is told after the rows: a commit that fails is an exception here.
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
        }

        return rows;
    }
}
