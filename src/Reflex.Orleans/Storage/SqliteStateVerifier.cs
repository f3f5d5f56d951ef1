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
    /// <returns>What was found; null when there is no database.</returns>
    /// <exception cref="StorageRefusedException">Something else than a file is in the database's place.</exception>
    /// <exception cref="IOException">The database can't be read or copied.</exception>
    /// <exception cref="UnauthorizedAccessException">It mustn't be read.</exception>
    public static StateVerification? Verify(string dataFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        using var copy = SqliteCopy.TryMake(dataFolder);
        return copy is null ? null : Verify(copy, Path.Combine(dataFolder, SqliteDatabase.FileName));
    }

    private static StateVerification Verify(SqliteCopy copy, string path)
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
            return answer == "ok" ? ReadCursors(connection) : DamagedBy(path, answer ?? "SQLite gives no answer");
        }
        catch (SqliteException error)
        {
            return DamagedBy(path, error.Message);
        }
    }

    private static StateVerification ReadCursors(SqliteConnection connection)
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

        return new StateVerification(null, cursors, unread);
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
