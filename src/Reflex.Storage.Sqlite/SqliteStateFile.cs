using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Reflex.Storage.Sqlite;

/// <summary>The SQLite file of <see cref="SqliteGrainStorage"/>, open. Thread-safe.</summary>
internal sealed class SqliteStateFile : IAsyncDisposable
{
    private readonly SqliteReader _reader;
    private readonly SqliteWriter _writer;

    private SqliteStateFile(SqliteDatabase database, SqliteConnection connection, ILogger logger)
    {
        _reader = new SqliteReader(database);
        _writer = new SqliteWriter(database.Path, connection, database.Connect, logger);
    }

    /// <summary>Opens the file, and makes it when it is missing.</summary>
    /// <exception cref="StorageRefusedException">It can't be used.</exception>
    /// <exception cref="SqliteException">It can't be used at the moment.</exception>
    public static SqliteStateFile Open(string path, DataAccess access, ILogger logger)
    {
        var database = new SqliteDatabase(path, access);
        return new SqliteStateFile(database, database.Make(), logger);
    }

    public (long Version, byte[] Payload)? Read(string state, string grain) => _reader.Read(state, grain);

    /// <summary>The records of a name whose grains' ids begin with a text.</summary>
    public IReadOnlyList<StateRecord> ReadAll(string state, string grainPrefix) => _reader.ReadAll(state, grainPrefix);

    /// <summary>Writes; answers the new version once it is committed.</summary>
    public Task<long> WriteAsync(SqliteWrite write) => _writer.WriteAsync(write);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        _reader.Dispose();
    }
}
