using System.Globalization;
using Microsoft.Data.Sqlite;
using Reflex.Orleans.State;
using Reflex.Storage;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Storage;

/// <summary>Verifies the embedded database of cursors and stream definitions, which lies in the data folder beside the events.</summary>
public static class SqliteStateVerifier
{
    /// <summary>Verifies a copy, so that nothing in the folder changes.</summary>
    /// <param name="dataFolder">The data folder, which no silo uses; see <see cref="DataFolderOptions.Path"/>.</param>
    /// <param name="hasLogs">Whether there are logs of partitions, beside which an empty database has lost what it held.</param>
    /// <param name="copyOf">The data folder that the findings name, if this one is a copy of it.</param>
    /// <returns>What was found; null when there is no database.</returns>
    /// <exception cref="StorageRefusedException">
    /// Something else than a file is in the place of the database, or of a file beside it.
    /// </exception>
    /// <exception cref="IOException">The database can't be read or copied.</exception>
    /// <exception cref="UnauthorizedAccessException">It mustn't be read.</exception>
    public static StateVerification? Verify(string dataFolder, bool hasLogs = false, string? copyOf = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        using var copy = SqliteCopy.TryMake(dataFolder);
        return copy is null ? null : Verify(copy, Path.Combine(copyOf ?? dataFolder, SqliteDatabase.FileName), hasLogs);
    }

    /// <summary>What is to be said of an empty database beside logs.</summary>
    internal static string EmptyBesideLogs(string path) =>
        $"The database {path} is empty, and there are logs of partitions beside it: their cursors and stream definitions are lost; "
        + "restore it from a backup.";

    private static StateVerification Verify(SqliteCopy copy, string path, bool hasLogs)
    {
        try
        {
            using var connection = copy.Connect();
            var version = Convert.ToInt64(Execute(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
            if (version > SqliteDatabase.FormatVersion)
            {
                return Damaged(
                    $"The database {path} has format version {version} but this program knows versions up to " +
                    $"{SqliteDatabase.FormatVersion}: use the newer program.");
            }

            var answer = Execute(connection, "PRAGMA integrity_check(1)") as string;
            if (answer != "ok")
            {
                return DamagedBy(path, answer ?? "SQLite gives no answer");
            }

            return hasLogs && !SqliteCursors.HasTable(connection) ? Damaged(EmptyBesideLogs(path)) : Read(connection);
        }
        catch (SqliteException error)
        {
            return DamagedBy(path, error.Message);
        }
    }

    private static StateVerification Read(SqliteConnection connection)
    {
        var cursors = new List<StoredCursor>();
        var unread = 0;
        foreach (var (consumer, payload, _) in SqliteCursors.Read(connection))
        {
            var stored = StateSerializer.TryReadCursor(payload);
            if (stored is null)
            {
                unread++;
            }
            else if (stored.Cursor is { } id)
            {
                cursors.Add(new StoredCursor(consumer, new EventId(id)));
            }
        }

        return new StateVerification(null, cursors, unread) { Streams = SqliteCatalog.Read(connection) };
    }

    private static StateVerification DamagedBy(string path, string fault) => Damaged(
        $"The database {path} is damaged, or its files are of different moments, as in a folder that was copied while a silo used it " +
        $"({OneLine(fault)}); restore a backup.");

    /// <summary>What SQLite says, which may repeat names of a file that anybody has made.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static StateVerification Damaged(string sentence) => new(sentence, [], 0);

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
