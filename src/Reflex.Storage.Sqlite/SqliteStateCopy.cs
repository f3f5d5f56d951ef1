using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Reflex.Storage.Sqlite;

/// <summary>
/// Copies the embedded database of cursors and stream definitions into another folder, as one file. The caller flushes it.
/// </summary>
public static class SqliteStateCopy
{
    /// <summary>Copies what the database holds at this moment, beside a silo that may be writing to it and doesn't wait.</summary>
    /// <param name="dataFolder">The data folder; see <see cref="DataFolderOptions.Path"/>.</param>
    /// <param name="targetFolder">Where the copy goes; there is no database yet.</param>
    /// <param name="access">Who may use the copy.</param>
    /// <returns>Whether there was a database.</returns>
    /// <exception cref="StorageRefusedException">It is damaged or a newer version's, or there is no room for the copy.</exception>
    /// <exception cref="StateStoreException">It can't be read at the moment.</exception>
    public static bool Snapshot(string dataFolder, string targetFolder, DataAccess access)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentException.ThrowIfNullOrEmpty(targetFolder);
        var path = Path.Combine(dataFolder, SqliteDatabase.FileName);
        var isThere = SqliteDatabase.Suffixes.ToDictionary(suffix => suffix, suffix => DataFile.RequireRegular(path + suffix));
        if (isThere[""])
        {
            // Reading a database of a killed silo for writing would tidy it up. Reading a closed one for reading only would leave two
            // empty files beside it.
            var mode = isThere["-wal"] ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite;
            Copy(
                () =>
                {
                    var settings = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
                    var connection = new SqliteConnection(settings.ToString());
                    connection.Open();
                    return connection;
                },
                path,
                targetFolder,
                access);
        }

        return isThere[""];
    }

    /// <summary>Copies the database of a folder that no silo uses. Nothing changes there, and it needn't be writable.</summary>
    /// <param name="dataFolder">The data folder; see <see cref="DataFolderOptions.Path"/>.</param>
    /// <param name="targetFolder">Where the copy goes; there is no database yet.</param>
    /// <param name="access">Who may use the copy.</param>
    /// <returns>Whether there was a database.</returns>
    /// <exception cref="StorageRefusedException">It is damaged or a newer version's, or there is no room for the copy.</exception>
    public static bool CopyUnused(string dataFolder, string targetFolder, DataAccess access)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentException.ThrowIfNullOrEmpty(targetFolder);
        using var copy = SqliteCopy.TryMake(dataFolder);
        if (copy is not null)
        {
            Copy(copy.Connect, Path.Combine(dataFolder, SqliteDatabase.FileName), targetFolder, access);
        }

        return copy is not null;
    }

    /// <summary>Makes a database that holds some records and nothing else, durable but for its name.</summary>
    /// <param name="dataFolder">The data folder, which no silo uses; what it has of a database is replaced.</param>
    /// <param name="records">The records, each grain and name once. Their versions begin anew.</param>
    /// <param name="access">Who may use it.</param>
    /// <exception cref="StorageRefusedException">It can't be made there, or there is no room for it.</exception>
    /// <exception cref="StateStoreException">It can't be written at the moment.</exception>
    public static void Store(string dataFolder, IEnumerable<StateRecord> records, DataAccess access = DataAccess.Owner)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentNullException.ThrowIfNull(records);
        var path = Path.Combine(dataFolder, SqliteDatabase.FileName);
        try
        {
            using var connection = new SqliteDatabase(path, access).Make();
            using var transaction = connection.BeginTransaction();
            SqliteRecords.Clear(connection);
            foreach (var record in records)
            {
                SqliteRecords.Add(connection, record);
            }

            transaction.Commit();
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.OfCopy(path, dataFolder, error);
        }
    }

    private static void Copy(Func<SqliteConnection> connect, string path, string targetFolder, DataAccess access)
    {
        try
        {
            using var connection = connect();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version";
            var version = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
            if (version > SqliteDatabase.FormatVersion)
            {
                throw new StorageRefusedException(
                    $"The file {path} has format version {version} but this program knows versions up to "
                    + $"{SqliteDatabase.FormatVersion}: use the newer program.");
            }

            // Into an empty file, whose mode is kept. One transaction reads it all, so that the copy is of one moment.
            var target = Path.Combine(targetFolder, SqliteDatabase.FileName);
            DataFile.TryCreate(target, access);
            command.CommandText = "VACUUM INTO $target";
            command.Parameters.AddWithValue("$target", target);
            command.ExecuteNonQuery();
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.OfCopy(path, targetFolder, error);
        }
    }
}
