using Microsoft.Data.Sqlite;

namespace Reflex.Storage.Sqlite;

/// <summary>
/// A copy of a database that no silo uses, in the system's temporary folder, until it is disposed: SQLite can't read a database whose
/// process was killed without making files beside it. The database is small, whatever the streams hold.
/// </summary>
internal sealed class SqliteCopy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reflex-copy-");

    private SqliteCopy(string path)
    {
        Path = System.IO.Path.Combine(_folder.FullName, SqliteDatabase.FileName);
        try
        {
            // The log of changes holds what isn't in the database yet. The other file is SQLite's memory, which it makes anew.
            foreach (var suffix in new[] { "", "-wal" }.Where(suffix => DataFile.RequireRegular(path + suffix)))
            {
                using var from = new FileStream(DataFile.Open(path + suffix, isWritable: false), FileAccess.Read);
                using var to = new FileStream(Path + suffix, FileMode.CreateNew, FileAccess.Write);
                from.CopyTo(to);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The copy's file.</summary>
    public string Path { get; }

    /// <summary>Copies a folder's database; null when there is none.</summary>
    /// <exception cref="StorageRefusedException">Something else than a file is in the place of it or of a file beside it.</exception>
    public static SqliteCopy? TryMake(string dataFolder)
    {
        var path = System.IO.Path.Combine(dataFolder, SqliteDatabase.FileName);
        return SqliteDatabase.RequireRegular(path) ? new SqliteCopy(path) : null;
    }

    /// <summary>Opens the copy; the caller disposes the connection first.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
