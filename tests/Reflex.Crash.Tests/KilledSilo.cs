using System.Diagnostics;
using Reflex.Tests.Shared;

namespace Reflex.Crash.Tests;

/// <summary>A silo's process, and an HTTP client of it.</summary>
internal sealed class KilledSilo : IDisposable
{
    // What .NET answers for a process that a signal has ended: 128 and the signal's number.
    private const int Killed = 128 + 9;

    private readonly Process _process;
    private Task _rest = Task.CompletedTask;

    private KilledSilo(Process process, string url)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = new Uri(url), Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpClient Client { get; }

    public int Id => _process.Id;

    /// <summary>Launches a silo, which waits before it touches anything until it is started.</summary>
    /// <param name="folder">Where the data folder is, unless another is named, and the file of handled events.</param>
    /// <param name="data">The data folder.</param>
    public static KilledSilo Launch(string folder, string? data = null)
    {
        var ports = Ports.Free(3);
        var url = $"http://127.0.0.1:{ports[0]}";

        // Beside this test's own output, in the same configuration.
        var output = AppContext.BaseDirectory.Replace("Reflex.Crash.Tests", "Reflex.Crash.Silo", StringComparison.Ordinal);
        string[] arguments =
        [
            Path.Combine(output, "Reflex.Crash.Silo.dll"),
            data ?? Path.Combine(folder, "data"),
            url,
            HandledPath(folder),
            $"{ports[1]}",
            $"{ports[2]}",
        ];
        return new KilledSilo(
            Process.Start(new ProcessStartInfo("dotnet", arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                WorkingDirectory = folder,
            })!,
            url);
    }

    /// <summary>Waits until the silo could start.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken) =>
        Assert.True(await ReadUntilAsync("built", cancellationToken), "The silo ended before it was started.");

    /// <summary>Starts a prepared silo; answers false when it was killed before it was ready.</summary>
    public async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync(cancellationToken);
        var isReady = await ReadUntilAsync("ready", cancellationToken);

        // A silo that nobody reads from stands still as soon as the pipe is full of warnings.
        _rest = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return isReady;
    }

    public static async Task<KilledSilo> StartAsync(string folder, CancellationToken cancellationToken, string? data = null)
    {
        var silo = Launch(folder, data);
        await silo.PrepareAsync(cancellationToken);
        Assert.True(await silo.StartAsync(cancellationToken), "The silo ended before it was ready.");
        return silo;
    }

    public static string HandledPath(string folder) => Path.Combine(folder, "handled");

    /// <summary>SIGKILL: nothing of the process runs any more.</summary>
    public async Task KillAsync()
    {
        Kill();
        await ExitedAsync();
    }

    /// <summary>As <see cref="KillAsync"/>, without waiting for the end; one that has ended is fine.</summary>
    public void Kill() => _process.Kill();

    public async Task ExitedAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _rest;
    }

    /// <summary>SIGTERM: the silo stops in order.</summary>
    public async Task TerminateAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await ExitedAsync();
        Assert.Equal(0, _process.ExitCode);
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

    private async Task<bool> ReadUntilAsync(string wanted, CancellationToken cancellationToken)
    {
        var printed = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == wanted)
            {
                return true;
            }

            printed.Add(line);
        }

        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode == Killed
            ? false
            : throw new InvalidOperationException($"The silo ended before it was {wanted}:\n{string.Join('\n', printed)}");
    }
}
