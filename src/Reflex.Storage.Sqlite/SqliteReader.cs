using Microsoft.Data.Sqlite;

namespace Reflex.Storage.Sqlite;

/// <summary>Reads from the SQLite file, by one connection that is opened when it is needed. Thread-safe.</summary>
/// <remarks>A read takes some microseconds and waits for no commit, so that readers need no connections of their own.</remarks>
internal sealed class SqliteReader(SqliteDatabase database) : IDisposable
{
    private readonly Lock _lock = new();
    private SqliteConnection? _connection;
    private SqliteCommand? _find;
    private bool _disposed;

    public (long Version, byte[] Payload)? Read(string state, string grain) => Run(connection =>
    {
        _find ??= Prepare(connection, "SELECT version, payload FROM grain_state WHERE grain = $grain AND state = $state");
        _find.Parameters["$grain"].Value = grain;
        _find.Parameters["$state"].Value = state;
        using var reader = _find.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : default((long, byte[])?);
    });

    /// <summary>The records of a name whose grains' ids begin with a text.</summary>
    public List<StateRecord> ReadAll(string state, string grainPrefix) => Run(connection =>
    {
        // The key's order finds them; what comes after all that begin with the text begins with its last character's successor.
        using var command = Prepare(
            connection, "SELECT grain, payload FROM grain_state WHERE grain >= $grain AND grain < $end AND state = $state");
        command.Parameters.AddWithValue("$end", grainPrefix[..^1] + (char)(grainPrefix[^1] + 1));
        command.Parameters["$grain"].Value = grainPrefix;
        command.Parameters["$state"].Value = state;
        using var reader = command.ExecuteReader();
        var found = new List<StateRecord>();
        while (reader.Read())
        {
            found.Add(new StateRecord(reader.GetString(0), state, reader.GetFieldValue<byte[]>(1)));
        }

        return found;
    });

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Close_NeedsLock();
        }
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add("$grain", SqliteType.Text);
        command.Parameters.Add("$state", SqliteType.Text);
        return command;
    }

    private T Run<T>(Func<SqliteConnection, T> read)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var wasOpen = _connection is not null;
            try
            {
                return read(_connection ??= database.Connect());
            }
            catch (SqliteException) when (wasOpen)
            {
                // The connection may be what is broken.
                Close_NeedsLock();
            }

            return read(_connection ??= database.Connect());
        }
    }

    private void Close_NeedsLock()
    {
        _find?.Dispose();
        _find = null;
        _connection?.Dispose();
        _connection = null;
    }
}
