using System.Globalization;
using Npgsql;

namespace Reflex.Tests.Shared;

// A second server that follows the first.
public sealed partial class PostgresServer
{
    /// <summary>Starts a standby of this server, which is sent what is committed here soon after it was acknowledged.</summary>
    public async Task<PostgresServer> StartStandbyAsync()
    {
        var standby = new PostgresServer();
        await OwnAsync(standby._folder);
        await RunAsync(
            [
                .. AsUser("pg_basebackup"), "--pgdata", standby.Data, "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast",
                "--no-sync", "--host=127.0.0.1", $"--port={_port.ToString(CultureInfo.InvariantCulture)}", $"--username={User}",
            ]);
        await standby.StartAsync();
        return standby;
    }

    /// <summary>Makes a standby a server of its own, with what it has; ends when it takes writes.</summary>
    public async Task PromoteAsync() => Assert.Equal(true, await ExecuteAsync(ConnectionString(User), "select pg_promote()"));

    /// <summary>How a database of another server is reached at this one.</summary>
    public string Here(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Port = _port }.ConnectionString;

    /// <summary>How a database is reached at whichever of the servers takes writes.</summary>
    public string HereOr(PostgresServer other, string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port},127.0.0.1:{other._port}"),
    }.ConnectionString;

    /// <summary>Ends when a standby has all that this server has committed.</summary>
    public async Task CatchUpAsync(PostgresServer standby)
    {
        var here = await ExecuteAsync(ConnectionString(User), "select pg_current_wal_lsn()::text");
        while (await ExecuteAsync(standby.ConnectionString(User), $"select pg_last_wal_replay_lsn() >= '{here}'::pg_lsn") is not true)
        {
            Token.ThrowIfCancellationRequested();
        }
    }
}
