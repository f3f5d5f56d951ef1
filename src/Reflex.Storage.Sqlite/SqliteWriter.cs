using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Reflex.Storage.Sqlite;

/// <summary>
/// Writes to the SQLite file, by one connection: what arrives while others are committed is committed together. Thread-safe.
/// </summary>
/// <remarks>
/// A commit that fails fails the writes of its group, whatever the reason, and the next group has a new connection: a write always
/// ends, and a writer that has met an error goes on. Should it ever end before it is disposed, later writes fail with its error.
/// </remarks>
internal sealed partial class SqliteWriter : IAsyncDisposable
{
    // Far more than the consumers of a silo store at once; beyond it a write waits.
    private const int MaxWaiting = 10_000;

    private const int MaxGroup = 1_000;

    private readonly Channel<SqliteWrite> _writes =
        Channel.CreateBounded<SqliteWrite>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private readonly string _path;
    private readonly Func<SqliteConnection> _connect;
    private readonly ILogger _logger;
    private readonly Task _writing;
    private SqliteConnection? _connection;
    private volatile bool _isEnding;

    /// <param name="path">The file.</param>
    /// <param name="connection">The first connection, the writer's from now on.</param>
    /// <param name="connect">Opens the next one, when one is broken.</param>
    /// <param name="logger">Is told when writing fails, and when it works again.</param>
    public SqliteWriter(string path, SqliteConnection connection, Func<SqliteConnection> connect, ILogger logger)
    {
        _path = path;
        _connection = connection;
        _connect = connect;
        _logger = logger;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Writes; answers the new version once it is committed.</summary>
    public async Task<long> WriteAsync(SqliteWrite write)
    {
        try
        {
            await _writes.Writer.WriteAsync(write).ConfigureAwait(false);
        }
        catch (ChannelClosedException error)
        {
            write.Fail(error.InnerException ?? Ended());
        }

        return await write.Completion.ConfigureAwait(false);
    }

    /// <summary>Commits what waits; once that fails, the rest fails too.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        _writes.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private static ObjectDisposedException Ended() => new(nameof(SqliteWriter), "its silo has ended");

    private async Task WriteAllAsync()
    {
        try
        {
            await WriteGroupsAsync().ConfigureAwait(false);
            Close();
        }
        catch (Exception error)
        {
            // What is left that can throw is a logger.
            _writes.Writer.TryComplete(error);
            while (_writes.Reader.TryRead(out var write))
            {
                write.Fail(error);
            }
        }
    }

    private async Task WriteGroupsAsync()
    {
        var hasFailed = false;
        while (await _writes.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var group = TakeGroup();
            if (hasFailed && _isEnding)
            {
                group.ForEach(write => write.Fail(Ended()));
            }
            else
            {
                hasFailed = !TryWrite(group, hasFailed);
            }
        }
    }

    private List<SqliteWrite> TakeGroup()
    {
        var group = new List<SqliteWrite>();
        while (group.Count < MaxGroup && _writes.Reader.TryRead(out var write))
        {
            group.Add(write);
        }

        return group;
    }

    private bool TryWrite(List<SqliteWrite> group, bool hasFailed)
    {
        try
        {
            var conflicts = Commit(group);
            foreach (var (write, conflict) in group.Zip(conflicts))
            {
                write.Complete(conflict);
            }

            if (hasFailed)
            {
                LogWorksAgain(_logger, _path);
            }

            return true;
        }
        catch (Exception error)
        {
            Close();
            group.ForEach(write => write.Fail(error));
            if (!hasFailed)
            {
                LogFailed(_logger, _path, error);
            }

            return false;
        }
    }

    private void Close()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (Exception error)
        {
            LogCloseFailed(_logger, _path, error);
        }

        _connection = null;
    }

    private List<InconsistentStateException?> Commit(List<SqliteWrite> group)
    {
        // SQLite goes on in a file that has lost its name, and what is committed there is gone with the process.
        if (!File.Exists(_path))
        {
            throw new FileNotFoundException("The database of cursors is gone: restore it from a backup.");
        }

        var connection = _connection ??= _connect();
        using var transaction = connection.BeginTransaction();
        var conflicts = group.ConvertAll(write => Apply(connection, write, transaction));
        transaction.Commit();
        return conflicts;
    }

    /// <summary>Makes the change in the transaction; answers an error when the stored version is another than the write's.</summary>
    private static InconsistentStateException? Apply(SqliteConnection connection, SqliteWrite write, SqliteTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = (write.Payload, write.Version) switch
        {
            (null, _) => "DELETE FROM grain_state WHERE grain = $grain AND state = $state AND version = $version",
            (_, 0) =>
                "INSERT INTO grain_state (grain, state, version, payload) VALUES ($grain, $state, $next, $payload) "
                + "ON CONFLICT DO NOTHING",
            _ =>
                "UPDATE grain_state SET version = $next, payload = $payload "
                + "WHERE grain = $grain AND state = $state AND version = $version",
        };
        command.Parameters.AddWithValue("$grain", write.Grain);
        command.Parameters.AddWithValue("$state", write.State);
        command.Parameters.AddWithValue("$version", write.Version);
        command.Parameters.AddWithValue("$next", write.Next);
        command.Parameters.AddWithValue("$payload", (object?)write.Payload ?? DBNull.Value);
        return command.ExecuteNonQuery() > 0
            ? null
            : new InconsistentStateException(
                $"The state '{write.State}' of {write.Grain} was stored by another activation since version {write.Version} was read.");
    }
}
