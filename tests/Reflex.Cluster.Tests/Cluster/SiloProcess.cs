using System.Diagnostics;

namespace Reflex.Cluster.Tests.Cluster;

/// <summary>One life of a silo.</summary>
internal sealed class SiloProcess
{
    private const string Ready = "ready ";

    private readonly Process _process;
    private readonly Task _printing;

    private SiloProcess(Process process, string printed)
    {
        _process = process;
        Id = process.Id;
        _printing = PrintAsync(printed);
        Exited = ExitAsync();
    }

    public int Id { get; }

    /// <summary>Its address in the membership; null until it is ready, and when it never was.</summary>
    public string? Address { get; private set; }

    /// <summary>Ends with the process; answers its exit code.</summary>
    public Task<int> Exited { get; }

    /// <param name="arguments">Its settings.</param>
    /// <param name="environment">What it has in its environment besides the test's own.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="printed">The file for what it prints.</param>
    public static SiloProcess Launch(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string folder, string printed)
    {
        // Beside this test's own output, in the same configuration.
        var output = AppContext.BaseDirectory.Replace("Reflex.Cluster.Tests", "Reflex.Cluster.Silo", StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(output, "Reflex.Cluster.Silo.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };

        // What a run of the tests is told isn't for the programs that it starts.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("REFLEX", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new SiloProcess(Process.Start(start)!, printed);
    }

    public void Signal(string name)
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
            kill.WaitForExit();
        }
    }

    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }

    private async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        await _printing;
        return _process.ExitCode;
    }

    private async Task PrintAsync(string printed)
    {
        await using var file = new StreamWriter(printed) { AutoFlush = true };
        await Task.WhenAll(PrintAsync(_process.StandardOutput, file), PrintAsync(_process.StandardError, file));
    }

    private async Task PrintAsync(StreamReader from, StreamWriter to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (to)
            {
                to.WriteLine(line);
            }

            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                Address = line[Ready.Length..];
            }
        }
    }
}
