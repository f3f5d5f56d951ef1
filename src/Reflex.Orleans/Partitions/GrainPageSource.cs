using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

/// <summary>A partition's pages through its grain. A call that dies with its silo is asked again.</summary>
internal sealed class GrainPageSource(
    PartitionId partition,
    IGrainFactory grains,
    StreamDirectory streams,
    ReflexOptions options,
    RepeatedCalls calls) : IPageSource
{
    private readonly IPartitionGrain _grain = grains.GetGrain<IPartitionGrain>(partition.ToString());
    private int _partitions;

    public PartitionId Partition => partition;

    public async Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var longest = calls.LongestWait;
        if (wait > longest)
        {
            wait = longest;
        }

        var page = await CallAsync(
            partitions => _grain.ReadAsync(
                new ReadRequest(after?.Id.Value, options.PageBytes, wait, after?.Epoch ?? 0, partitions), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return new LogPage(page.Blocks.Items, new EventId(page.Oldest), new EventId(page.Head));
    }

    public async Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken)
    {
        var bounds = await CallAsync(_ => _grain.GetBoundsAsync(GetBoundsRequest.Instance), cancellationToken).ConfigureAwait(false);
        return bounds.HeadPlace;
    }

    private async Task<T> CallAsync<T>(Func<int, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            if (_partitions == 0)
            {
                // Asked here, so that no grain is activated for a partition that doesn't exist.
                var definition = await streams.GetAsync(partition.Stream, cancellationToken).ConfigureAwait(false);
                StreamDirectory.RequirePartition(definition, partition.Index);
                _partitions = definition.Partitions;
            }

            return await calls.AnswerAsync(() => call(_partitions), partition.Stream, () => $"read {partition}", cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (StreamDirectory.IsGone(error))
        {
            streams.Forget(partition.Stream);
            _partitions = 0;
            throw;
        }
    }
}
