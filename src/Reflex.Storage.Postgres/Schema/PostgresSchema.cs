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

    /// <summary>The statements that make everything in a schema that is there, from a version on; 0 where there is none yet.</summary>
    public static IEnumerable<string> Statements(string schema, int found)
    {
        if (found == 0)
        {
            yield return $"create table {schema}.schema (version int not null);\ninsert into {schema}.schema values (0);\n";
        }

        for (var version = found + 1; version <= Version; version++)
        {
            yield return Script(version, schema);
            yield return $"update {schema}.schema set version = {version};\n";
        }
    }

    /// <exception cref="StorageRefusedException">The database can't be used; nothing in it was changed.</exception>
    public static Task PrepareAsync(PostgresDatabase database, CancellationToken cancellationToken) =>
        PrepareAsync(database, MigrateAsync, cancellationToken);

    /// <exception cref="StorageRefusedException">The database can't be used, or has no such schema, or an older version's.</exception>
    public static Task RequireAsync(PostgresDatabase database, CancellationToken cancellationToken) => PrepareAsync(
        database,
        (_, _, _) => throw new StorageRefusedException(
            $"{database.Place} isn't there, or is an older version's: name one that a cluster of this version has used."),
        cancellationToken);

    private static async Task PrepareAsync(
        PostgresDatabase database,
        Func<PostgresDatabase, NpgsqlConnection, CancellationToken, Task> make,
        CancellationToken cancellationToken)
    {
        try
        {
            var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await RequireServerAsync(database, connection, cancellationToken).ConfigureAwait(false);

                // First without a lock and a transaction: nearly always there is nothing to make, and a role may have no right to.
                if (await FindVersionAsync(database, connection, cancellationToken).ConfigureAwait(false) < Version)
                {
                    await make(database, connection, cancellationToken).ConfigureAwait(false);
                }

                await RequireRightsAsync(database, connection, cancellationToken).ConfigureAwait(false);
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

    /// <summary>The version that there is; 0 when there is none.</summary>
    private static async Task<int> FindVersionAsync(
        PostgresDatabase database, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // From the tables of names themselves: a connection keeps what a function such as to_regclass has not found, also while it waits
        // for somebody who is making it.
        var isThere = await RunAsync(
            connection,
            $"select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            + $"where n.nspname = '{database.Schema}' and c.relname = 'schema'",
            cancellationToken).ConfigureAwait(false) is not null;
        var found = isThere
            ? (int)(await RunAsync(connection, $"select version from {database.Schema}.schema", cancellationToken).ConfigureAwait(false)
                ?? 0)
            : 0;
        return found <= Version
            ? found
            : throw new StorageRefusedException(
                $"{database.Place} has version {found}, and this program knows versions up to {Version}: use a newer one.");
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
            var found = await FindVersionAsync(database, connection, cancellationToken).ConfigureAwait(false);

            // A role that owns a schema which is there needs no right to make one.
            if (found == 0
                && await RunAsync($"select oid from pg_namespace where nspname = '{database.Schema}'").ConfigureAwait(false) is null)
            {
                await RunAsync($"create schema {database.Schema}").ConfigureAwait(false);
            }

            foreach (var statements in Statements(database.Schema, found))
            {
                await RunAsync(statements).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        Task<object?> RunAsync(string text) => PostgresSchema.RunAsync(connection, text, cancellationToken);
    }

    /// <summary>Refuses a role that would fail at the first append.</summary>
    private static async Task RequireRightsAsync(
        PostgresDatabase database, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // PostgreSQL itself draws from the sequence of an identity column, which depends on its table.
        var missing = await RunAsync(
            connection,
            $"""
            select string_agg(relname, ', ' order by relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = '{database.Schema}' and case
                when relkind = 'S' then not has_sequence_privilege(c.oid, 'usage')
                    and not exists (select from pg_depend where objid = c.oid and deptype = 'i')
                when relkind <> 'r' then false
                when relname = 'schema' then not has_table_privilege(c.oid, 'select')
                else not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
                    and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete'))
                end
            """,
            cancellationToken).ConfigureAwait(false);
        if (missing is string names)
        {
            throw new StorageRefusedException(
                $"The role {database.Role} may not read and write {names} in {database.Place}: "
                + $"let an administrator run the grants that '{PostgresScript.CommandFor(database)}' prints.");
        }
    }

    private static async Task<object?> RunAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(text, connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is var found and not DBNull ? found : null;
        }
    }

    private static StorageRefusedException Refuse(PostgresDatabase database, Exception error) => new(
        error is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused
            ? $"The role {database.Role} may not make or use {database.Place} ({refused.MessageText}): let an administrator run what "
                + $"'{PostgresScript.CommandFor(database)}' prints, or grant the role CREATE on the database."
            : $"PostgreSQL can't be used: {PostgresErrors.Tell(error)} It was asked for {database.Place}.",
        error);
}
