using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Events;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>What a child process does with a data folder. It prints a line for everything that its parent must know.</summary>
internal static class ChildActions
{
    public static async Task<int> RunAsync(string action, string path)
    {
        if (action == "compete" && Directory.Exists(path))
        {
            // Another machine that mounts the folder wouldn't see the lock.
            File.Delete(Path.Combine(path, DataFolder.LockName));
        }

        // One thread, since strace counts the calls of each thread by themselves.
        var options = new FileLogOptions { Path = path, SegmentSizeBytes = 64 * 1024, IndexIntervalBytes = 4096, MaxDiskThreads = 1 };
        using var provider = new FileLogProvider(options, new DiskFileLayer(), NullLogger<FileLogProvider>.Instance);
        try
        {
            await provider.StartAsync(CancellationToken.None);
            switch (action)
            {
                case "hold":
                    Console.WriteLine("held");
                    await Console.In.ReadToEndAsync();
                    break;
                case "append":
                    await AppendAsync(await OpenAsync(provider), int.MaxValue);
                    break;
                case "survive":
                    await SurviveAsync(provider, openings: 3, leastFailures: 0);
                    break;
                case "survive-a-failure":
                    await SurviveAsync(provider, openings: 3, leastFailures: 1);
                    break;
                case "compete":
                    await CompeteAsync(provider);
                    break;
                case "crowd":
                    await CrowdAsync(provider);
                    break;
                default:
                    await OpenAsync(provider);
                    break;
            }

            return 0;
        }
        catch (ReflexException error)
        {
            Console.WriteLine($"{error.GetType().Name}: {error.Message}");
            return 1;
        }
    }

    private static async Task<IEventLog> OpenAsync(FileLogProvider provider) =>
        await provider.OpenAsync(LogFixture.Partition, CancellationToken.None);

    /// <summary>Appends and prints each acknowledged head.</summary>
    private static async Task AppendAsync(IEventLog log, int appends)
    {
        for (var i = 0; i < appends; i++)
        {
            await log.AppendAsync(TestBatch.Append(log, events: 1 + (i % 5), batches: 1 + (i % 3), metadataSize: i % 200));
            Print(log.Bounds.Head);
        }
    }

    /// <summary>
    /// Appends until the log fails, sees that it stays so, opens it again and goes on, until so many openings went well and so many
    /// failures were seen.
    /// </summary>
    /// <remarks>
    /// A failure that is counted in each thread may wait for long where the pool's threads share the calls; after a hundred openings
    /// it is missing.
    /// </remarks>
    private static async Task SurviveAsync(FileLogProvider provider, int openings, int leastFailures)
    {
        var failures = 0;
        for (var done = 0; done < openings || (failures < leastFailures && done < 100);)
        {
            IEventLog log;
            try
            {
                log = await OpenAsync(provider);
            }
            catch (LogFailedException error)
            {
                Console.WriteLine($"not opened: {error.GetType().Name}: {error.Message}");
                failures++;
                continue;
            }

            try
            {
                await AppendAsync(log, appends: 60);
                done++;
            }
            catch (LogFailedException error)
            {
                Console.WriteLine($"failed: {error.GetType().Name}: {error.Message}");
                failures++;
                var again = await Assert.ThrowsAsync<LogFailedException>(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
                Assert.Contains("a write before this one failed", again.Message, StringComparison.Ordinal);
            }

            await log.DisposeAsync();
        }

        Console.WriteLine($"failures: {failures}");
    }

    /// <summary>
    /// Appends as an owner that another one keeps replacing, from one line of input until the next, and prints each append's first id,
    /// epoch and metadata size.
    /// </summary>
    private static async Task CompeteAsync(FileLogProvider provider)
    {
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        var told = Task.Run(Console.In.ReadLine);
        var log = await OpenAsync(provider);
        for (var size = 1; !told.IsCompleted;)
        {
            try
            {
                var batch = TestBatch.Append(log, metadataSize: size);
                await log.AppendAsync(batch);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{batch[0].BaseId} {batch[0].Epoch} {size}"));
                size = 1 + (size % 300);
            }
            catch (LogFencedException)
            {
                // Read before it is closed: an owner's reads go on, and must agree with its successor's.
                await LogAssert.ReadAllAsync(log, 64 * 1024);
                await log.DisposeAsync();
                log = await OpenAsync(provider);
            }
        }

        await log.DisposeAsync();
    }

    /// <summary>Serves many partitions again and again, which leave no room for one another's files.</summary>
    private static async Task CrowdAsync(FileLogProvider provider)
    {
        const int Partitions = 200;
        var logs = new List<IEventLog>();
        for (var i = 0; i < Partitions; i++)
        {
            logs.Add(await provider.OpenAsync(new("crowd", i), CancellationToken.None));
        }

        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(logs.Select(log => log.AppendAsync(TestBatch.Append(log, metadataSize: 20_000)).AsTask()));
            await Task.WhenAll(logs.Select(log => log.ReadAsync(EventId.None, 100_000, CancellationToken.None).AsTask()));
        }

        Console.WriteLine($"{logs.Sum(log => log.Bounds.Head.Value)} events of {Partitions} partitions");
    }

    private static void Print(EventId head) => Console.WriteLine(head.Value.ToString(CultureInfo.InvariantCulture));
}
