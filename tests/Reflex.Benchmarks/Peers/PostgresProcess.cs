using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Reflex.Benchmarks.Peers;

/// <summary>A PostgreSQL server of the benchmark's own, set up as its users would for writing: everything is flushed.</summary>
internal sealed class PostgresProcess : IAsyncDisposable
{
    // PostgreSQL refuses to run as root; Debian's package brings this user.
    private const string User = "postgres";

    private const string Debian = "/usr/lib/postgresql";
    private const int TicksPerSecond = 100;

    private readonly ServerProcess _server;
    private readonly string _data;

    private PostgresProcess(ServerProcess server, string data)
    {
        _server = server;
        _data = data;
    }

    /// <summary>Where its programs are; null when it isn't installed.</summary>
    public static string? Binaries { get; } = (Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [])
        .OrderDescending(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin"))
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    public static async Task<PostgresProcess> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var data = Path.Combine(folder, "data");
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", [User, folder], cancellationToken);
        }

        await RunAsync(
            "env",
            [.. As("initdb"), "--pgdata", data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"],
            cancellationToken);
        var server = await ServerProcess.StartAsync(
            "env",
            port =>
            [
                .. As("postgres"), "-D", data, "-k", folder, "-p", port, "-h", "127.0.0.1", "-c", "max_connections=200",
                "-c", "shared_buffers=512MB", "-c", "max_wal_size=8GB",
            ],
            folder,
            cancellationToken);
        var started = new PostgresProcess(server, data);
        await started.WaitUntilReadyAsync(cancellationToken);
        return started;
    }

    /// <summary>How a new database of it is reached.</summary>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(User));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return ConnectionString(name);
    }

    /// <summary>Asks it for a number.</summary>
    public async Task<long> AskAsync(string question, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(User));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(question, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>The processor time of all its processes, those that have ended included.</summary>
    /// <remarks>By proc(5): the fields of stat after the name, which may hold spaces.</remarks>
    public TimeSpan Processor()
    {
        var postmaster = File.ReadLines(Path.Combine(_data, "postmaster.pid")).First();
        var ticks = Stat(postmaster).Skip(11).Take(4).Sum(Number);
        foreach (var process in Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])))
        {
            if (Stat(process!) is [_, var parent, ..] fields && parent == postmaster)
            {
                ticks += fields.Skip(11).Take(2).Sum(Number);
            }
        }

        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);

        static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);

        static string[] Stat(string process)
        {
            try
            {
                var text = File.ReadAllText($"/proc/{process}/stat");
                return text[(text.LastIndexOf(')') + 2)..].Split(' ');
            }
            catch (IOException)
            {
                // It has ended.
                return [];
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        return _server.DisposeAsync();
    }

    private static string[] As(string program)
    {
        var path = Path.Combine(Binaries!, program);
        return Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", path] : [path];
    }

    private static async Task RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}.");
        }
    }

    private string ConnectionString(string database) => $"Host=127.0.0.1;Port={_server.Port};Username={User};Database={database}";

    /// <summary>It listens before it answers.</summary>
    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await AskAsync("select 1", cancellationToken);
                return;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.CannotConnectNow)
            {
                // Not yet.
            }
        }
    }
}
