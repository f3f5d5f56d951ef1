using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Reflex.Crash.Tests;

/// <summary>A silo's process, and an HTTP client of it.</summary>
internal sealed class KilledSilo : IDisposable
{
    private readonly Process _process;

    private KilledSilo(Process process, string url)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = new Uri(url), Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpClient Client { get; }

    public static async Task<KilledSilo> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var ports = FreePorts(3);
        var url = $"http://127.0.0.1:{ports[0]}";

        // Beside this test's own output, in the same configuration.
        var output = AppContext.BaseDirectory.Replace("Reflex.Crash.Tests", "Reflex.Crash.Silo", StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = folder };
        foreach (var argument in new[]
        {
            Path.Combine(output, "Reflex.Crash.Silo.dll"),
            Path.Combine(folder, "data"),
            url,
            HandledPath(folder),
            $"{ports[1]}",
            $"{ports[2]}",
        })
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        var printed = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == "ready")
            {
                return new KilledSilo(process, url);
            }

            printed.Add(line);
        }

        throw new InvalidOperationException($"The silo ended before it was ready:\n{string.Join('\n', printed)}");
    }

    public static string HandledPath(string folder) => Path.Combine(folder, "handled");

    /// <summary>SIGKILL: nothing of the process runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        Client.Dispose();
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        Array.ForEach(listeners, listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }
}
