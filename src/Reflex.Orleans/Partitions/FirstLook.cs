using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Diagnostics;
using Reflex.Orleans.Client;
using Reflex.Orleans.Hosting;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

/// <summary>
/// Opens every partition of which there is a log, once after the start: so one that can't be used is known before somebody needs it,
/// and retention counts for one that nobody uses.
/// </summary>
internal sealed partial class FirstLook(
    IEventLogProvider provider,
    IGrainFactory grains,
    StreamDirectory streams,
    FailedPartitions failed,
    SiloDrain drain,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<FirstLook> logger)
{
    // Beside what consumers and clients open at the same time.
    private const int Concurrent = 4;

    /// <summary>Opens them, a few at a time. It never fails: what can't be opened has said so itself.</summary>
    public async Task OpenAllAsync()
    {
        var started = timeProvider.GetTimestamp();
        try
        {
            var partitions = await FindAsync().ConfigureAwait(false);
            var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrent, CancellationToken = drain.Stopping };
            await Parallel.ForEachAsync(partitions, options, (partition, _) => OpenAsync(partition)).ConfigureAwait(false);
            if (failed.All is [var first, ..] all)
            {
                LogSomeFailed(logger, all.Count, partitions.Count, first.Partition);
            }
            else
            {
                LogAllOpen(logger, partitions.Count, timeProvider.GetElapsedTime(started).TotalSeconds);
            }
        }
        catch (OperationCanceledException) when (drain.Stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
        catch (Exception error)
        {
            LogNotLooked(logger, error);
        }
    }

    /// <summary>The partitions of streams that are defined: of others nobody can ask for anything.</summary>
    private async Task<IReadOnlyCollection<PartitionId>> FindAsync()
    {
        var defined = await streams.ListAsync(drain.Stopping).ConfigureAwait(false);
        var counts = defined.ToDictionary(stream => stream.Name, stream => stream.Partitions);
        var partitions = await provider.ListAsync(drain.Stopping).ConfigureAwait(false);
        return [.. partitions.Where(partition => partition.Index < counts.GetValueOrDefault(partition.Stream))];
    }

    private async ValueTask OpenAsync(PartitionId partition)
    {
        Task opened = grains.GetGrain<IPartitionGrain>(partition.ToString()).GetBoundsAsync();
        await opened.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(LogLevel.Information, "All {Count} partitions with a log are open, after {Seconds:F1} s.")]
    private static partial void LogAllOpen(ILogger logger, int count, double seconds);

    [LoggerMessage(LogLevel.Error, "{Failed} of {Count} partitions with a log can't be used, {First} the first: see /health/ready.")]
    private static partial void LogSomeFailed(ILogger logger, int failed, int count, PartitionId first);

    [LoggerMessage(LogLevel.Warning, "The partitions could not be listed: one that can't be used is known only once it is needed.")]
    private static partial void LogNotLooked(ILogger logger, Exception error);
}
