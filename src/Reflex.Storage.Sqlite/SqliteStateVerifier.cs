using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Reflex.Storage.Sqlite;

/// <summary>Verifies the embedded database of cursors and stream definitions, which lies in the data folder beside the events.</summary>
public static class SqliteStateVerifier
{
    /// <summary>Verifies a copy, so that nothing in the folder changes, and reads it.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="dataFolder">The data folder, which no silo uses; see <see cref="DataFolderOptions.Path"/>.</param>
    /// <param name="read">Makes something of the records, which are read as it asks for them; the order is that of their grains.</param>
    /// <param name="hasLogs">Whether there are logs of partitions, beside which an empty database has lost what it held.</param>
    /// <param name="copyOf">The data folder that the errors name, if this one is a copy of it.</param>
    /// <returns>What was read; null when there is no database.</returns>
    /// <exception cref="LogCorruptedException">The database is damaged, or empty beside logs.</exception>
    /// <exception cref="StorageRefusedException">
    /// Something else than a file is in the place of the database, or of a file beside it.
    /// </exception>
    /// <exception cref="IOException">The database can't be read or copied.</exception>
    /// <exception cref="UnauthorizedAccessException">It mustn't be read.</exception>
    public static T? Verify<T>(string dataFolder, Func<IEnumerable<StateRecord>, T> read, bool hasLogs = false, string? copyOf = null)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentNullException.ThrowIfNull(read);
        using var copy = SqliteCopy.TryMake(dataFolder);
        if (copy is null)
        {
            return null;
        }

        var path = Path.Combine(copyOf ?? dataFolder, SqliteDatabase.FileName);
        try
        {
            using var connection = copy.Connect();
            RequireSound(connection, path, hasLogs);
            return read(SqliteRecords.Read(connection));
        }
        catch (SqliteException error)
        {
            throw DamagedBy(path, error.Message, error);
        }
    }

    /// <summary>What is to be said of an empty database beside logs.</summary>
    internal static string EmptyBesideLogs(string path) =>
        $"The database {path} is empty, and there are logs of partitions beside it: their cursors and stream definitions are lost; "
        + "restore it from a backup.";

    private static void RequireSound(SqliteConnection connection, string path, bool hasLogs)
    {
        var version = Convert.ToInt64(Execute(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version > SqliteDatabase.FormatVersion)
        {
            throw new LogCorruptedException(
                $"The database {path} has format version {version} but this program knows versions up to " +
                $"{SqliteDatabase.FormatVersion}: use the newer program.");
        }

        var answer = Execute(connection, "PRAGMA integrity_check(1)") as string;
        if (answer != "ok")
        {
            throw DamagedBy(path, answer ?? "SQLite gives no answer");
        }

        if (hasLogs && !SqliteRecords.HasTable(connection))
        {
            throw new LogCorruptedException(EmptyBesideLogs(path));
        }
    }

    private static LogCorruptedException DamagedBy(string path, string fault, SqliteException? error = null) => new(
        $"The database {path} is damaged, or its files are of different moments, as in a folder that was copied while a silo used it " +
        $"({OneLine(fault)}); restore a backup.",
        error);

    /// <summary>What SQLite says, which may repeat names of a file that anybody has made.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
