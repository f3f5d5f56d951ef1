using System.Diagnostics;
using System.Globalization;

namespace Reflex.Tests.Shared;

/// <summary>A Redis of the tests' own, in memory and on the loopback.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/redis-server";

    private readonly int _port = Ports.Free();
    private Process? _process;

    private RedisServer()
    {
    }

    /// <summary>Why there is none; null when there is.</summary>
    public static string? Missing => File.Exists(Program) ? null : "Redis isn't installed (Debian: redis-server).";

    /// <summary>How it is reached.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    public static async Task<RedisServer> StartAsync()
    {
        if (Missing is not null)
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("TESTS_REQUIRE_SERVERS") is null, Missing);
            Assert.Fail(Missing);
        }

        var redis = new RedisServer();
        await redis.RunAsync();
        return redis;
    }

    /// <summary>How many keys it has.</summary>
    public async Task<int> CountAsync()
    {
        using var asking = Process.Start(
            new ProcessStartInfo("redis-cli", ["-p", _port.ToString(CultureInfo.InvariantCulture), "dbsize"])
            {
                RedirectStandardOutput = true,
            })!;
        return int.Parse(
            await asking.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }
    }

    private async Task RunAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            Program,
            [
                "--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            ])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        };
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("Redis ended before it was ready."));
        _process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }
}
