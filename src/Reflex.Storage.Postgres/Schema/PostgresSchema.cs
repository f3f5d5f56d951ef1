using Npgsql;
using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Schema;

/// <summary>Makes the schema and brings it up to this version, and refuses what can't be used. SCHEMA.md describes it.</summary>
internal static class PostgresSchema
{
    /// <summary>The version that this program makes, and the newest that it knows.</summary>
    public const int Version = 1;

    private const int MinServerVersion = 130000;

    /// <summary>The statements that make a version out of the one before.</summary>
    public static string Script(int version, string schema)
    {
        using var stream = typeof(PostgresSchema).Assembly.GetManifestResourceStream(
            $"Reflex.Storage.Postgres.Schema.schema-{version}.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("{schema}", schema, StringComparison.Ordinal);
    }

    /// <exception cref="StorageRefusedException">The database can't be used; nothing in it was changed.</exception>
    public static async Task PrepareAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await RequireServerAsync(database, connection, cancellationToken).ConfigureAwait(false);
                await MigrateAsync(database, connection, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            throw Refuse(database, error);
        }
    }

    private static async Task RequireServerAsync(
        PostgresDatabase database, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(
            "select current_setting('server_version_num')::int, pg_is_in_recovery(), current_setting('fsync'), "
            + "current_setting('full_page_writes')",
            connection);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (reader.GetInt32(0) is < MinServerVersion and var version)
                {
                    throw new StorageRefusedException(
                        $"{database.Place} is on PostgreSQL {version / 10000}; {MinServerVersion / 10000} or newer is needed.");
                }

                if (reader.GetBoolean(1))
                {
                    throw new StorageRefusedException(
                        $"{database.Place} is on a standby, which takes no writes: name the primary, or all hosts of the cluster.");
                }

                foreach (var (column, name) in new[] { (2, "fsync"), (3, "full_page_writes") })
                {
                    if (reader.GetString(column) == "off")
                    {
                        throw new StorageRefusedException(
                            $"{database.Place} is on a server with {name} = off, which loses acknowledged events in a power cut: "
                            + "set it on.");
                    }
                }
            }
        }
    }

    private static async Task MigrateAsync(
        PostgresDatabase database, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            // Of the transaction, since behind a pooler a session's lock would be left with a connection of the server's.
            await RunAsync("select set_config('idle_in_transaction_session_timeout', '10s', true)").ConfigureAwait(false);
            await RunAsync($"select pg_advisory_xact_lock(hashtext('reflex.schema.{database.Schema}'))").ConfigureAwait(false);
            var found = await VersionAsync().ConfigureAwait(false);
            if (found > Version)
            {
                throw new StorageRefusedException(
                    $"{database.Place} has version {found}, and this program knows versions up to {Version}: use a newer one.");
            }

            if (found == 0)
            {
                // A role that owns a schema which is there needs no right to make one.
                if (await RunAsync($"select to_regnamespace('{database.Schema}')::text").ConfigureAwait(false) is not string)
                {
                    await RunAsync($"create schema {database.Schema}").ConfigureAwait(false);
                }

                await RunAsync(
                    $"create table {database.Schema}.schema (version int not null); insert into {database.Schema}.schema values (0);")
                    .ConfigureAwait(false);
            }

            for (var version = found + 1; version <= Version; version++)
            {
                await RunAsync(Script(version, database.Schema)).ConfigureAwait(false);
                await RunAsync($"update {database.Schema}.schema set version = {version}").ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        async Task<object?> RunAsync(string text)
        {
            var command = new NpgsqlCommand(text, connection);
            await using (command.ConfigureAwait(false))
            {
                return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        async Task<int> VersionAsync() =>
            await RunAsync($"select to_regclass('{database.Schema}.schema')::text").ConfigureAwait(false) is string
                ? (int)(await RunAsync($"select version from {database.Schema}.schema").ConfigureAwait(false) ?? 0)
                : 0;
    }

    private static StorageRefusedException Refuse(PostgresDatabase database, Exception error) => new(
        error is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }
            ? $"The role may not make {database.Place} ({error.Message}): grant it CREATE on the database, or make the schema yourself."
            : $"PostgreSQL can't be used: {PostgresErrors.Tell(error)} It was asked for {database.Place}.",
        error);
}
