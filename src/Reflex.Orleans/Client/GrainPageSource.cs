using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Partitions;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>A partition's pages through its grain. A call that dies with its silo is asked again.</summary>
internal sealed class GrainPageSource(
    PartitionId partition,
    IGrainFactory grains,
    StreamDirectory streams,
    ReflexOptions options,
    RepeatedCalls calls) : IPageSource
{
    private readonly IPartitionGrain _grain = grains.GetGrain<IPartitionGrain>(partition.ToString());
    private bool _exists;

    public PartitionId Partition => partition;

    public async Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var longest = calls.LongestWait;
        if (wait > longest)
        {
            wait = longest;
        }

        var request = new ReadRequest(after?.Id.Value, options.PageBytes, wait, after?.Epoch ?? 0);
        var page = await CallAsync(() => _grain.ReadAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new LogPage(page.Blocks.Items, new EventId(page.Oldest), new EventId(page.Head));
    }

    public async Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken)
    {
        var bounds = await CallAsync(() => _grain.GetBoundsAsync(GetBoundsRequest.Instance), cancellationToken).ConfigureAwait(false);
        return bounds.HeadPlace;
    }

    private Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => _exists
        ? calls.AnswerAsync(call, partition.Stream, () => $"read {partition}", cancellationToken)
        : FirstCallAsync(call, cancellationToken);

    private async Task<T> FirstCallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        // Asked here, so that no grain is activated for a partition that doesn't exist.
        StreamDirectory.RequirePartition(
            await streams.GetAsync(partition.Stream, cancellationToken).ConfigureAwait(false), partition.Index);
        _exists = true;
        return await CallAsync(call, cancellationToken).ConfigureAwait(false);
    }
}
