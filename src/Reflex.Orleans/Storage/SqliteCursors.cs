using Microsoft.Data.Sqlite;
using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.Storage;

/// <summary>The cursors in a database that no silo uses.</summary>
internal static class SqliteCursors
{
    /// <summary>The records of the consumers, in the order of their names.</summary>
    public static List<(ConsumerKey Consumer, byte[] Payload, long Version)> Read(SqliteConnection connection)
    {
        var records = new List<(ConsumerKey Consumer, byte[] Payload, long Version)>();
        if (!HasTable(connection))
        {
            return records;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "SELECT grain, payload, version FROM grain_state WHERE state = $state ORDER BY grain";
        command.Parameters.AddWithValue("$state", StoredCursor.StateName);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (StoredCursor.ConsumerOf(reader.GetString(0)) is { } consumer)
            {
                records.Add((consumer, reader.GetFieldValue<byte[]>(1), reader.GetInt64(2)));
            }
        }

        return records;
    }

    public static void Write(SqliteConnection connection, ConsumerKey consumer, byte[] payload, long version)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE grain_state SET payload = $payload, version = $version WHERE grain = $grain AND state = $state";
        command.Parameters.AddWithValue("$payload", payload);
        command.Parameters.AddWithValue("$version", version);
        command.Parameters.AddWithValue("$grain", StoredCursor.GrainOf(consumer));
        command.Parameters.AddWithValue("$state", StoredCursor.StateName);
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
