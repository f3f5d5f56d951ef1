using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Orleans.Storage;
using Reflex.Storage;

namespace Reflex.Orleans.Storage;

/// <summary>The SQLite file of <see cref="SqliteGrainStorage"/>. Thread-safe.</summary>
internal sealed class SqliteStateFile : IAsyncDisposable
{
    public const string FileName = "reflex.db";

    private const int FormatVersion = 1;

    // Far more than the consumers of a silo store at once; beyond it a write waits.
    private const int MaxWaiting = 10_000;

    private const int MaxGroup = 1_000;

    private readonly Channel<SqliteWrite> _writes =
        Channel.CreateBounded<SqliteWrite>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private readonly string _connectionString;
    private readonly SqliteConnection _connection;
    private readonly Task _writer;

    private SqliteStateFile(string connectionString, SqliteConnection connection)
    {
        _connectionString = connectionString;
        _connection = connection;
        _writer = Task.Run(WriteAllAsync);
    }

    /// <summary>Opens the file, and makes it when it is missing.</summary>
    public static SqliteStateFile Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path }.ToString();
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            var version = Convert.ToInt64(Execute(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
            if (version > FormatVersion)
            {
                throw new StorageRefusedException(
                    $"The file {path} has format version {version} but this program knows versions up to {FormatVersion}: "
                    + "start a newer one.");
            }

            // A commit is on the device when it returns, readers don't wait for it, and a killed process leaves a good file.
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(
                connection,
                """
                CREATE TABLE IF NOT EXISTS grain_state (
                    grain TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL, payload BLOB NOT NULL,
                    PRIMARY KEY (grain, state)) WITHOUT ROWID
                """);
            Execute(connection, $"PRAGMA user_version = {FormatVersion}");
            return new SqliteStateFile(connectionString, connection);
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new StorageRefusedException($"The file {path} can't be used for cursors and stream definitions: {error.Message}", error);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public (long Version, byte[] Payload)? Read(string state, string grain)
    {
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT version, payload FROM grain_state WHERE grain = $grain AND state = $state";
        command.Parameters.AddWithValue("$grain", grain);
        command.Parameters.AddWithValue("$state", state);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Writes; answers the new version once it is committed.</summary>
    public async Task<long> WriteAsync(SqliteWrite write)
    {
        await _writes.Writer.WriteAsync(write);
        return await write.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writer;
        await _connection.DisposeAsync();
        SqliteConnection.ClearPool(new SqliteConnection(_connectionString));
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private async Task WriteAllAsync()
    {
        var group = new List<SqliteWrite>();
        while (await _writes.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxGroup && _writes.Reader.TryRead(out var write))
            {
                group.Add(write);
            }

            try
            {
                var conflicts = Commit(group);
                Complete(group, conflicts);
            }
            catch (SqliteException error)
            {
                group.ForEach(write => write.Fail(error));
            }
        }
    }

    private List<InconsistentStateException?> Commit(List<SqliteWrite> group)
    {
        using var transaction = _connection.BeginTransaction();
        var conflicts = group.ConvertAll(write => Apply(write, transaction));
        transaction.Commit();
        return conflicts;
    }

    private static void Complete(List<SqliteWrite> group, List<InconsistentStateException?> conflicts)
    {
        foreach (var (write, conflict) in group.Zip(conflicts))
        {
            if (conflict is null)
            {
                write.Complete(write.Version + 1);
            }
            else
            {
                write.Fail(conflict);
            }
        }
    }

    /// <summary>Makes the change in the transaction; answers an error when the stored version is another than the write's.</summary>
    private InconsistentStateException? Apply(SqliteWrite write, SqliteTransaction transaction)
    {
        using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = (write.Payload, write.Version) switch
        {
            (null, _) => "DELETE FROM grain_state WHERE grain = $grain AND state = $state AND version = $version",
            (_, 0) =>
                "INSERT INTO grain_state (grain, state, version, payload) VALUES ($grain, $state, 1, $payload) "
                + "ON CONFLICT DO NOTHING",
            _ =>
                "UPDATE grain_state SET version = version + 1, payload = $payload "
                + "WHERE grain = $grain AND state = $state AND version = $version",
        };
        command.Parameters.AddWithValue("$grain", write.Grain);
        command.Parameters.AddWithValue("$state", write.State);
        command.Parameters.AddWithValue("$version", write.Version);
        command.Parameters.AddWithValue("$payload", (object?)write.Payload ?? DBNull.Value);
        return command.ExecuteNonQuery() > 0
            ? null
            : new InconsistentStateException(
                $"The state '{write.State}' of {write.Grain} was stored by another activation since version {write.Version} was read.");
    }
}
