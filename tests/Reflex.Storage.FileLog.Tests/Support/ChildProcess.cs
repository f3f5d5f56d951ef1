using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>This program again, as a process of its own that uses a data folder.</summary>
internal sealed class ChildProcess : IDisposable
{
    public const string Argument = "--reflex-child";

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public StreamReader Output => _process.StandardOutput;

    public static ChildProcess Start(string action, string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        foreach (var argument in new[] { Argument, action, path })
        {
            start.ArgumentList.Add(argument);
        }

        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>What the child does: hold the folder until its input ends, or append and print each acknowledged head.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var options = new FileLogOptions { Path = args[1], SegmentSizeBytes = 64 * 1024, IndexIntervalBytes = 4096 };
        using var provider = new FileLogProvider(options, new DiskFileLayer(), NullLogger<FileLogProvider>.Instance);
        await provider.StartAsync(CancellationToken.None);
        if (args[0] == "hold")
        {
            Console.WriteLine("held");
            await Console.In.ReadToEndAsync();
            return 0;
        }

        var log = await provider.OpenAsync(LogFixture.Partition, CancellationToken.None);
        for (var i = 0; ; i++)
        {
            await log.AppendAsync(TestBatch.Append(log, events: 1 + (i % 5), batches: 1 + (i % 3), metadataSize: i % 200));
            Console.WriteLine(log.Bounds.Head.Value.ToString(CultureInfo.InvariantCulture));
        }
    }

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
