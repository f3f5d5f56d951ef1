using Microsoft.Data.Sqlite;

namespace Reflex.Storage.Sqlite;

/// <summary>The records in a database that no silo uses.</summary>
internal static class SqliteRecords
{
    /// <summary>Reads all records, in the order of their grains, as they are asked for.</summary>
    public static IEnumerable<StateRecord> Read(SqliteConnection connection)
    {
        if (!HasTable(connection))
        {
            yield break;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "SELECT grain, state, payload FROM grain_state ORDER BY grain, state";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new StateRecord(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2));
        }
    }

    /// <summary>Stores a record, under its next version.</summary>
    public static void Write(SqliteConnection connection, StateRecord record)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE grain_state SET payload = $payload, version = version + 1 WHERE grain = $grain AND state = $state";
        command.Parameters.AddWithValue("$payload", record.Payload.ToArray());
        command.Parameters.AddWithValue("$grain", record.Grain);
        command.Parameters.AddWithValue("$state", record.State);
        command.ExecuteNonQuery();
    }

    /// <summary>Stores a record that isn't there, under a version as a grain's first write draws it.</summary>
    public static void Add(SqliteConnection connection, StateRecord record)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO grain_state (grain, state, version, payload) VALUES ($grain, $state, $version, $payload)";
        command.Parameters.AddWithValue("$grain", record.Grain);
        command.Parameters.AddWithValue("$state", record.State);
        command.Parameters.AddWithValue("$version", SqliteWrite.DrawFirstVersion());
        command.Parameters.AddWithValue("$payload", record.Payload.ToArray());
        command.ExecuteNonQuery();
    }

    public static void Clear(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM grain_state";
        command.ExecuteNonQuery();
    }

    /// <summary>A silo that ended early has made the file and not the table.</summary>
    public static bool HasTable(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'grain_state'";
        return command.ExecuteScalar() is > 0L;
    }
}
