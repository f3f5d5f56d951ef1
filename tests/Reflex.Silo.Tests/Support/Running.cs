using System.Diagnostics;
using System.Text;

namespace Reflex.Silo.Tests.Support;

/// <summary>A process of a program that this test's build has made, and what it prints.</summary>
internal sealed class Running : IAsyncDisposable
{
    private static readonly string[] TestVariables = ["REFLEX_CRASH_", "REFLEX_IMAGES_"];

    private readonly Lock _lock = new();
    private readonly StringBuilder _printed = new();
    private readonly StringBuilder _errors = new();
    private readonly List<(string Text, int From, bool IsLine, TaskCompletionSource Found)> _awaited = [];
    private readonly Process _process;
    private readonly Task _reading;

    private Running(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError, _errors));
    }

    public string Printed
    {
        get
        {
            lock (_lock)
            {
                return _printed.ToString();
            }
        }
    }

    /// <summary>What it printed on stderr, which <see cref="Printed"/> has too.</summary>
    public string Errors
    {
        get
        {
            lock (_lock)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Where a program of the repository is, built in this test's configuration.</summary>
    public static string DllOf(string project)
    {
        // .../tests/Reflex.Silo.Tests/bin/Release/net10.0/ says where the others are.
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        var dll = project == "silo" ? "Reflex.Silo.dll" : $"{Path.GetFileName(project)}.dll";
        return Path.Combine(root, project, "bin", output.Parent.Name, output.Name, dll);
    }

    /// <summary>Starts a program of the repository, built in this test's configuration.</summary>
    public static Running Program(string project, string folder, params string[] arguments) =>
        Start("dotnet", folder, [DllOf(project), .. arguments]);

    /// <summary>Starts any program.</summary>
    public static Running Start(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        Array.ForEach(arguments, start.ArgumentList.Add);

        // What a run of the tests is told isn't for the programs that it starts: a silo refuses what it doesn't know.
        foreach (var name in start.Environment.Keys.Where(name => TestVariables.Any(name.StartsWith)).ToList())
        {
            start.Environment.Remove(name);
        }

        return new Running(Process.Start(start)!);
    }

    /// <summary>Ends when the process has printed a text; fails when it ends without.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where it may begin in what was <see cref="Printed"/>, so that it is one after something else.</param>
    public Task PrintsAsync(string text, int from = 0) => PrintsAsync(text, from, isLine: false);

    /// <summary>Ends when the process has printed the whole of a line with a text; fails when it ends without.</summary>
    public Task PrintsLineAsync(string text) => PrintsAsync(text, from: 0, isLine: true);

    /// <summary>Asks the process to end as an operator does, with SIGTERM; answers its exit code.</summary>
    public Task<int> TerminateAsync()
    {
        Signal("TERM");
        return EndsAsync();
    }

    /// <summary>Sends the process a signal.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the process to end by itself; answers its exit code.</summary>
    public async Task<int> EndsAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, StringBuilder? copy = null)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _printed.Append(line).Append('\n');
                copy?.Append(line).Append('\n');
                Find_NeedsLock();
            }
        }
    }

    private async Task PrintsAsync(string text, int from, bool isLine)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _awaited.Add((text, from, isLine, found));
            Find_NeedsLock();
        }

        await Task.WhenAny(found.Task, _reading).WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(found.Task.IsCompleted, $"The process ended without printing '{text}':\n{Printed}");
    }

    private void Find_NeedsLock()
    {
        var printed = _printed.ToString();
        foreach (var (text, from, isLine, found) in _awaited)
        {
            var at = printed.IndexOf(text, from, StringComparison.Ordinal);
            if (at >= 0 && (!isLine || printed.IndexOf('\n', at) >= 0))
            {
                found.TrySetResult();
            }
        }
    }
}
