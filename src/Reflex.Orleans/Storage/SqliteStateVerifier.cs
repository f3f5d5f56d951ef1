using Microsoft.Data.Sqlite;
using Reflex.Storage;

namespace Reflex.Orleans.Storage;

/// <summary>Verifies the embedded database of cursors and stream definitions, which lies in the data folder beside the events.</summary>
public static class SqliteStateVerifier
{
    /// <summary>
    /// Verifies a copy in the system's temporary folder: SQLite can't read a database whose process was killed without making
    /// files beside it. The database is small, whatever the streams hold.
    /// </summary>
    /// <param name="dataFolder">The data folder, which no silo uses; see <see cref="DataFolderOptions.Path"/>.</param>
    /// <returns>A sentence that says what is damaged; null when nothing is, or there is no database.</returns>
    /// <exception cref="IOException">The database can't be read or copied.</exception>
    /// <exception cref="UnauthorizedAccessException">It mustn't be read.</exception>
    public static string? Verify(string dataFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        var path = Path.Combine(dataFolder, SqliteDatabase.FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        var copy = Directory.CreateTempSubdirectory("reflex-verify-");
        try
        {
            // The log of changes holds what isn't in the database yet. The third file is SQLite's memory, which it makes anew.
            foreach (var suffix in new[] { "", "-wal" }.Where(suffix => File.Exists(path + suffix)))
            {
                File.Copy(path + suffix, Path.Combine(copy.FullName, SqliteDatabase.FileName + suffix));
            }

            return Check(Path.Combine(copy.FullName, SqliteDatabase.FileName)) is { } fault
                ? $"The database {path} is damaged: {fault.ReplaceLineEndings(" ")}; restore it from a copy."
                : null;
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static string? Check(string path)
    {
        try
        {
            var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
            using var connection = new SqliteConnection(settings.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check(1)";
            return command.ExecuteScalar() as string is var answer && answer == "ok" ? null : answer ?? "SQLite gives no answer";
        }
        catch (SqliteException error)
        {
            return error.Message;
        }
    }
}
