using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Reflex.Tests.Shared;

/// <summary>A PostgreSQL server of the tests' own, in a temporary folder and on the loopback; none that is there is touched.</summary>
public sealed partial class PostgresServer : IAsyncLifetime
{
    // PostgreSQL refuses to run as root; Debian's package brings this user.
    private const string User = "postgres";

    private static readonly string? Binaries = Find();

    private readonly string _folder = Directory.CreateTempSubdirectory("reflex-postgres-").FullName;
    private readonly int _port = Ports.Free();
    private Process? _process;
    private int _databases;

    /// <summary>Why there is none; null when there is.</summary>
    public static string? Missing => Binaries is null ? "PostgreSQL isn't installed (Debian: postgresql)." : null;

    /// <summary>Where its write-ahead log is, when it isn't with the rest. A new folder.</summary>
    public string? WalFolder { get; set; }

    /// <summary>Its process; of one that isn't started, the one before.</summary>
    public int ProcessId { get; private set; }

    private string Data => Path.Combine(_folder, "data");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (Binaries is null)
        {
            return;
        }

        await OwnAsync(_folder);
        await RunAsync(
            [
                .. AsUser("initdb"), "--pgdata", Data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--no-locale",
                "--no-sync", .. WalFolder is null ? (string[])[] : ["--wal-segsize=1", "--waldir", WalFolder],
            ]);
        await StartAsync();
    }

    /// <summary>Starts the server, after it was made or stopped.</summary>
    public async Task StartAsync()
    {
        string[] command =
        [
            .. AsUser("postgres"), "-D", Data, "-k", _folder, "-p", _port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1",
            "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "logging_collector=off",
        ];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        ProcessId = _process.Id;
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("database system is ready to accept ", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        };
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("PostgreSQL ended before it was ready."));
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(1), Token);
    }

    /// <summary>Gives a folder to the user as whom the server runs.</summary>
    public static async Task OwnAsync(string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", User, folder);
        }
    }

    /// <summary>Makes an empty database; answers how it is reached.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        if (Missing is not null)
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("TESTS_REQUIRE_SERVERS") is null, Missing);
            Assert.Fail(Missing);
        }

        var name = $"test{Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture)}";
        await ExecuteAsync(ConnectionString(User), $"create database {name}");
        return ConnectionString(name);
    }

    /// <summary>Runs a statement.</summary>
    public static async Task<object?> ExecuteAsync(string connectionString, string text)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(text, connection);
        return await command.ExecuteScalarAsync(Token);
    }

    /// <summary>Stops the server at once, as a power cut of its machine would but for what the system has.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            // Its children see that it is gone, and end.
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            _process = null;

            // Of the tests themselves: what is there is broken.
            NpgsqlConnection.ClearAllPools();
        }
    }

    /// <summary>Stops the server in order, as for a restart: what is under way is rolled back, and clients are cut off.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            await RunAsync("kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
            await process.WaitForExitAsync(Token);
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port};Username={User};Database={database};Include Error Detail=true";

    /// <summary>The command that runs a program as the user as whom the server runs; one of PostgreSQL's own by its name.</summary>
    public static string[] AsUser(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(Binaries!, program), .. arguments];
        return Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", .. command]
            : command;
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
    }

    private static string? Find()
    {
        const string debian = "/usr/lib/postgresql";
        var folders = Directory.Exists(debian)
            ? Directory.GetDirectories(debian).OrderByDescending(folder => folder, StringComparer.Ordinal).Select(folder => $"{folder}/bin")
            : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }
}
