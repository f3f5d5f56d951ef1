using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Orleans.Storage;

namespace Reflex.Storage.Sqlite.Tests;

/// <summary>A real SQLite file, and connections that fail as a test scripts it.</summary>
public sealed class SqliteWriterTests : IAsyncDisposable
{
    private readonly FakeLogger _logger = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteWriter _writer;
    private readonly SqliteConnection _first;
    private Func<SqliteConnection> _connect;

    public SqliteWriterTests()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-").FullName;
        _database = new SqliteDatabase(Path.Combine(folder, "reflex.db"), DataAccess.Owner, busySeconds: 1);
        _connect = _database.Connect;
        _first = _database.Make();
        _writer = new SqliteWriter(_database.Path, _first, () => _connect(), _logger);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    [Fact]
    public async Task WriteAsync_AfterAnyFailure_WorksAgainAndSaysSoOnce()
    {
        // What a broken connection throws is no SqliteException.
        await _first.DisposeAsync();
        await FailsAsync<InvalidOperationException>();
        foreach (var error in new Exception[] { new IOException("scripted"), new OutOfMemoryException(), new NotSupportedException() })
        {
            _connect = () => throw error;
            Assert.Same(error, await FailsAsync<Exception>());
        }

        _connect = _database.Connect;
        Assert.True(await WriteAsync() > 0);
        Assert.Equal(
            [LogLevel.Error, LogLevel.Information],
            _logger.Collector.GetSnapshot().Select(record => record.Level));
    }

    [Fact]
    public async Task WriteAsync_ToAFullDisk_FailsUntilThereIsRoom()
    {
        await _first.DisposeAsync();
        await FailsAsync<InvalidOperationException>();
        _connect = () =>
        {
            var connection = _database.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA max_page_count = 1";
            command.ExecuteScalar();
            return connection;
        };
        const int Full = 13;
        Assert.Equal(Full, (await FailsAsync<SqliteException>(payload: 100_000)).SqliteErrorCode);
        _connect = _database.Connect;
        Assert.True(await WriteAsync(payload: 100_000) > 0);
    }

    [Fact]
    public async Task WriteAsync_WhileSomebodyElseHoldsTheFile_FailsAndWorksWhenItIsFree()
    {
        using (Hold())
        {
            const int Busy = 5;
            Assert.Equal(Busy, (await FailsAsync<SqliteException>()).SqliteErrorCode);
        }

        Assert.True(await WriteAsync() > 0);
    }

    [Fact]
    public async Task WriteAsync_WhenTheFolderIsGone_FailsUntilItIsBack()
    {
        Assert.True(await WriteAsync() > 0);
        var folder = Path.GetDirectoryName(_database.Path)!;
        Directory.Move(folder, folder + "-moved");

        Assert.Contains("database of cursors is gone", (await FailsAsync<FileNotFoundException>("b")).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));

        Directory.Move(folder + "-moved", folder);
        Assert.True(await WriteAsync("b") > 0);
        using var reader = new SqliteReader(_database);
        Assert.NotNull(reader.Read("s", "a"));
        Assert.NotNull(reader.Read("s", "b"));
    }

    [Fact]
    public async Task WriteAsync_OfAGroupThatFails_FailsEveryWriteOfIt()
    {
        using var hold = Hold();
        var writes = Enumerable.Range(0, 300).Select(i => WriteAsync($"{i}")).ToArray();
        await Task.WhenAll(writes).WaitAsync(Token).ContinueWith(_ => { }, Token, TaskContinuationOptions.None, TaskScheduler.Default);
        Assert.All(writes, write => Assert.IsType<StateStoreException>(write.Exception!.InnerException));
    }

    [Fact]
    public async Task DisposeAsync_WhileWritesWait_CommitsThemAndRefusesLaterOnes()
    {
        var writes = Enumerable.Range(0, 5_000).Select(i => WriteAsync($"{i}")).ToArray();
        await _writer.DisposeAsync();
        Assert.All(await Task.WhenAll(writes), version => Assert.True(version > 0));
        await FailsAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task DisposeAsync_WhileNothingCanBeWritten_EndsEveryWrite()
    {
        using var hold = Hold();
        var writes = Enumerable.Range(0, 12_000).Select(i => WriteAsync($"{i}")).ToArray();
        await _writer.DisposeAsync();
        foreach (var write in writes)
        {
            Assert.True((await Assert.ThrowsAsync<StateStoreException>(() => write)).IsTransient);
        }
    }

    [Fact]
    public async Task WriteAsync_WhenTheWriterHasEnded_FailsWithTheReason()
    {
        await using var writer = new SqliteWriter(
            _database.Path, new SqliteConnection(), () => throw new IOException("scripted"), new ThrowingLogger());
        await Assert.ThrowsAsync<StateStoreException>(() => writer.WriteAsync(new SqliteWrite("s", "a", 0, [1])));
        var error = await Assert.ThrowsAsync<StateStoreException>(() => writer.WriteAsync(new SqliteWrite("s", "a", 0, [1])));
        Assert.Contains("the logger is broken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_WithAnotherVersion_IsAConflictAndNoFailure()
    {
        Assert.True(await WriteAsync() > 0);
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync());
        Assert.Empty(_logger.Collector.GetSnapshot());
    }

    private Task<long> WriteAsync(string grain = "a", int payload = 1) =>
        _writer.WriteAsync(new SqliteWrite("s", grain, 0, new byte[payload]));

    private async Task<T> FailsAsync<T>(string grain = "a", int payload = 1)
        where T : Exception
    {
        var error = await Assert.ThrowsAsync<StateStoreException>(() => WriteAsync(grain, payload));
        Assert.Contains($"the state 's' of {grain}", error.Message, StringComparison.Ordinal);
        return Assert.IsAssignableFrom<T>(error.InnerException);
    }

    /// <summary>Holds the file for writing, as somebody does who works in it by hand.</summary>
    private SqliteConnection Hold()
    {
        var connection = _database.Connect();
        connection.BeginTransaction();
        return connection;
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            Microsoft.Extensions.Logging.EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => throw new InvalidOperationException("the logger is broken");
    }
}
