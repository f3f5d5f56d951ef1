using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Orleans.Hosting;
using Reflex.Orleans.Partitions;
using Reflex.Storage;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Client;

/// <summary>A partition's pages through its grain. A call that dies with its silo is asked again.</summary>
internal sealed partial class GrainPageSource(
    PartitionId partition,
    IGrainFactory grains,
    StreamDirectory streams,
    ReflexOptions options,
    TimeProvider timeProvider,
    ILogger logger,
    SiloDrain? drain) : IPageSource
{
    // A silo is told when another one dies, and its calls there end. A client may wait for an answer that never comes: it waits
    // shorter, and then asks again.
    private static readonly TimeSpan ClientWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(30);
    private static readonly Backoff RetryBackoff = new() { Longest = TimeSpan.FromSeconds(5) };

    private readonly IPartitionGrain _grain = grains.GetGrain<IPartitionGrain>(partition.ToString());
    private bool _exists;

    public PartitionId Partition => partition;

    public async Task<LogPage> ReadAsync(EventId? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (drain is null && wait > ClientWait)
        {
            wait = ClientWait;
        }

        var page = await CallAsync(
            () => _grain.ReadAsync(after?.Value, options.PageBytes, wait, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new LogPage(page.Blocks.Items, new EventId(page.Oldest), new EventId(page.Head));
    }

    public async Task<EventId> GetHeadAsync(CancellationToken cancellationToken)
    {
        var position = await CallAsync(() => _grain.GetPositionAsync(null), cancellationToken).ConfigureAwait(false);
        return new EventId(position.Head);
    }

    private async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        if (!_exists)
        {
            // Asked here, so that no grain is activated for a partition that doesn't exist.
            StreamDirectory.RequirePartition(
                await streams.GetAsync(partition.Stream, cancellationToken).ConfigureAwait(false), partition.Index);
            _exists = true;
        }

        long? firstFailure = null;
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await WithTimeout(call()).AnswerAsync(() => $"read {partition}", cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (ClusterCall.IsTransient(error) && !cancellationToken.IsCancellationRequested)
            {
                if (drain is { Stopping.IsCancellationRequested: true })
                {
                    throw new StreamStoppedException(partition.Stream);
                }

                firstFailure ??= timeProvider.GetTimestamp();
                if (timeProvider.GetElapsedTime(firstFailure.Value) >= options.ReadRetryTimeout)
                {
                    throw;
                }

                var pause = RetryBackoff.After(failures, Random.Shared);
                LogReadRepeated(logger, partition, pause, error);
                await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private Task<T> WithTimeout<T>(Task<T> call) => drain is null ? call.WaitAsync(ClientTimeout, timeProvider) : call;

    [LoggerMessage(LogLevel.Warning, "The partition {Partition} could not be read; it is asked again in {Pause}.")]
    private static partial void LogReadRepeated(ILogger logger, PartitionId partition, TimeSpan pause, Exception error);
}
