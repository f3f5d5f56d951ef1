using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Orleans.Catalog;
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
            var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrent, CancellationToken = drain.Begun };
            var open = 0;
            await Parallel.ForEachAsync(partitions, options, async (partition, _) =>
            {
                if (await TryOpenAsync(partition).ConfigureAwait(false))
                {
                    Interlocked.Increment(ref open);
                }
            }).ConfigureAwait(false);
            if (open == partitions.Count)
            {
                LogAllOpen(logger, partitions.Count, timeProvider.GetElapsedTime(started).TotalSeconds);
            }
            else
            {
                LogNotAllOpen(logger, partitions.Count - open, partitions.Count);
            }
        }
        catch (OperationCanceledException) when (drain.Begun.IsCancellationRequested)
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
        var defined = await streams.ListAsync(after: null, most: 0, drain.Begun).ConfigureAwait(false);
        var counts = defined.ToDictionary(stream => stream.Name, stream => stream.Partitions);
        var partitions = await provider.ListAsync(stream: null, drain.Begun).ConfigureAwait(false);
        return [.. partitions.Where(partition => partition.Index < counts.GetValueOrDefault(partition.Stream))];
    }

    private async Task<bool> TryOpenAsync(PartitionId partition)
    {
        Task opened = grains.GetGrain<IPartitionGrain>(partition.ToString()).GetBoundsAsync(GetBoundsRequest.Instance);

        // A silo that stops doesn't wait for a storage that is away.
        await opened.WaitAsync(drain.Begun).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return opened.IsCompletedSuccessfully;
    }

    [LoggerMessage(LogLevel.Information, "All {Count} partitions with a log are open, after {Seconds:F1} s.")]
    private static partial void LogAllOpen(ILogger logger, int count, double seconds);

    [LoggerMessage(LogLevel.Error, "{Missing} of {Count} partitions with a log can't be used, or didn't open in time: see /health/ready.")]
    private static partial void LogNotAllOpen(ILogger logger, int missing, int count);

    [LoggerMessage(LogLevel.Warning, "The partitions could not be listed: one that can't be used is known only once it is needed.")]
    private static partial void LogNotLooked(ILogger logger, Exception error);
}
