using System.Diagnostics;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>This program again, as a process of its own that uses a data folder.</summary>
internal sealed class ChildProcess : IDisposable
{
    public const string Argument = "--reflex-child";

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public StreamReader Output => _process.StandardOutput;

    /// <param name="action">What it does; see <see cref="ChildActions"/>.</param>
    /// <param name="path">The data folder.</param>
    /// <param name="under">A program and its arguments, which starts the child; none starts it directly.</param>
    public static ChildProcess Start(string action, string path, params IReadOnlyList<string> under)
    {
        List<string> command = [.. under, Environment.ProcessPath!];
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            command.Add(typeof(ChildProcess).Assembly.Location);
        }

        var start = new ProcessStartInfo(command[0], [.. command[1..], Argument, action, path])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the child's end and answers the lines that it printed.</summary>
    public async Task<string[]> ReadToEndAsync()
    {
        var output = await Output.ReadToEndAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Gives the child the line that it waits for.</summary>
    public void Go() => _process.StandardInput.WriteLine();

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
