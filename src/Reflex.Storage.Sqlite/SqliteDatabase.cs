using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Reflex.Storage.Sqlite;

/// <summary>Opens connections to the SQLite file of cursors and stream definitions. Thread-safe.</summary>
/// <param name="path">The file.</param>
/// <param name="access">Who may use what is made.</param>
/// <param name="busySeconds">How long somebody else may hold the file before it is an error.</param>
internal sealed class SqliteDatabase(string path, DataAccess access, int busySeconds = SqliteDatabase.BusySeconds)
{
    public const string FileName = "reflex.db";
    public const int FormatVersion = 1;

    // Somebody who looks into the file holds it for a moment; one who holds it for longer is told of as an error.
    private const int BusySeconds = 10;

    /// <summary>The files that SQLite has beside the database's own.</summary>
    public static IReadOnlyList<string> Suffixes { get; } = ["", "-wal", "-shm", "-journal"];

    public string Path => path;

    /// <summary>Looks at the files before SQLite opens them, which waits for pipes and follows links.</summary>
    /// <returns>Whether there is a database.</returns>
    /// <exception cref="StorageRefusedException">In the place of one there is something else.</exception>
    public static bool RequireRegular(string path)
    {
        var areThere = Suffixes.Select(suffix => DataFile.RequireRegular(path + suffix)).ToList();
        return areThere[0];
    }

    /// <summary>Makes the file when it is missing, and opens it.</summary>
    /// <exception cref="StorageRefusedException">It is damaged, of a newer version, or no database.</exception>
    /// <exception cref="SqliteException">It can't be used at the moment.</exception>
    public SqliteConnection Make()
    {
        try
        {
            RequireRegular(path);
            DataFile.CreateFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, access);
            if (!File.Exists(path))
            {
                // The files that SQLite makes beside it get its mode.
                DataFile.TryCreate(path, access);
            }
            else if (access == DataAccess.Owner)
            {
                MakePrivate();
            }

            var connection = Connect();
            try
            {
                Prepare(connection);
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (Exception error) when (SqliteErrors.IsFinal(error))
        {
            throw new StorageRefusedException($"The file {path} can't be used for cursors and stream definitions: {error.Message}", error);
        }
    }

    /// <summary>Opens a file that was made before. One that is gone since stays so: an empty one would forget every cursor.</summary>
    public SqliteConnection Connect()
    {
        RequireRegular(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = busySeconds,
        }.ToString());
        try
        {
            connection.Open();

            // A commit is on the device when it returns.
            Execute(connection, "PRAGMA synchronous = FULL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void Prepare(SqliteConnection connection)
    {
        var version = Convert.ToInt64(Execute(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version > FormatVersion)
        {
            throw new StorageRefusedException(
                $"The file {path} has format version {version} but this program knows versions up to {FormatVersion}: "
                + "start a newer one.");
        }

        // Readers don't wait for a commit, and a killed process leaves a good file.
        Execute(connection, "PRAGMA journal_mode = WAL");
        Execute(
            connection,
            """
            CREATE TABLE IF NOT EXISTS grain_state (
                grain TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL, payload BLOB NOT NULL,
                PRIMARY KEY (grain, state)) WITHOUT ROWID
            """);
        Execute(connection, $"PRAGMA user_version = {FormatVersion}");
    }

    private void MakePrivate()
    {
        foreach (var suffix in Suffixes)
        {
            try
            {
                DataFile.MakePrivate(path + suffix);
            }
            catch (Exception error) when (error is UnauthorizedAccessException or IOException)
            {
                // It belongs to somebody else, or its file system has no modes: others say who may use it.
            }
        }
    }
}
