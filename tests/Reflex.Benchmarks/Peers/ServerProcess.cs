using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Reflex.Tests.Shared;

namespace Reflex.Benchmarks.Peers;

/// <summary>A peer's server: a process of its own on a free port of the loopback, with a folder of its own.</summary>
/// <remarks>
/// A shell stands between: it ends the server when its input closes, which happens however this process ends, so that no
/// server is ever left behind.
/// </remarks>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Script = """
        "$@" >"$SERVER_LOG" 2>&1 &
        server=$!
        cat >/dev/null
        kill "$server" 2>/dev/null
        wait "$server"
        """;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _shell;

    private ServerProcess(Process shell, int port)
    {
        _shell = shell;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Where a server's executable is; null where there is none.</summary>
    public static string? Find(string name)
    {
        // Debian puts servers where the path of an ordinary user doesn't lead.
        IEnumerable<string> folders =
            [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/usr/local/sbin"];
        return OperatingSystem.IsWindows() ? null : folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    public static async Task<ServerProcess> StartAsync(
        string executable, Func<string, IEnumerable<string>> arguments, string folder, CancellationToken cancellationToken)
    {
        var port = Ports.Free();
        var log = Path.Combine(folder, "log");
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        start.Environment["SERVER_LOG"] = log;
        IEnumerable<string> all = ["-c", Script, "sh", executable, .. arguments(port.ToString(CultureInfo.InvariantCulture))];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        var server = new ServerProcess(Process.Start(start)!, port);
        try
        {
            await server.WaitUntilReadyAsync(cancellationToken);
            return server;
        }
        catch (Exception error)
        {
            await server.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            var output = await File.ReadAllTextAsync(log, cancellationToken);
            throw new InvalidOperationException($"{executable} did not start:\n{output}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var started = Stopwatch.GetTimestamp();
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < StartTimeout)
            {
                // Not yet.
            }
        }
    }
}
