using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Reflex.Tests.Shared;

/// <summary>A PgBouncer of the tests' own before a PostgreSQL, which lends a connection for one transaction at a time.</summary>
public sealed class PgBouncerServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";

    private readonly string _folder = Directory.CreateTempSubdirectory("reflex-pgbouncer-").FullName;
    private readonly int _port = Ports.Free();
    private Process? _process;

    private PgBouncerServer()
    {
    }

    /// <summary>Why there is none; null when there is.</summary>
    public static string? Missing => File.Exists(Program) ? null : "PgBouncer isn't installed (Debian: pgbouncer).";

    /// <summary>Starts one before the server of a database, with few connections to it for many clients.</summary>
    public static async Task<PgBouncerServer> StartAsync(string connectionString)
    {
        if (Missing is not null)
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("TESTS_REQUIRE_SERVERS") is null, Missing);
            Assert.Fail(Missing);
        }

        var bouncer = new PgBouncerServer();
        await bouncer.RunAsync(new NpgsqlConnectionStringBuilder(connectionString));
        return bouncer;
    }

    /// <summary>How a database is reached through it.</summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Port = _port }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync(NpgsqlConnectionStringBuilder server)
    {
        var settings = Path.Combine(_folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [databases]
                * = host=127.0.0.1 port={server.Port} user={server.Username}

                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {_port}
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 4
                max_client_conn = 200

                """));
        await PostgresServer.OwnAsync(_folder);
        string[] command = PostgresServer.AsUser(Program, settings);
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("process up", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        };
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("PgBouncer ended before it was ready."));
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }
}
