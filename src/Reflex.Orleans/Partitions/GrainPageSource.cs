using Reflex.Cursors;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Pages;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

/// <summary>A partition's pages through its grain. A call that dies with its silo is asked again.</summary>
internal sealed class GrainPageSource(
    PartitionId partition,
    IGrainFactory grains,
    StreamDirectory streams,
    ReflexOptions options,
    RepeatedCalls calls,
    EventFilter? filter) : IPageSource
{
    private readonly IPartitionGrain _grain = grains.GetGrain<IPartitionGrain>(partition.ToString());
    private readonly int[]? _types = filter?.Types?.Select(type => type.Value).ToArray();
    private readonly string[]? _foreignIds = filter?.ForeignIds?.ToArray();
    private int _partitions;

    public PartitionId Partition => partition;

    public async Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var longest = calls.LongestWait;
        if (wait > longest)
        {
            wait = longest;
        }

        var partitions = await FindPartitionsAsync(cancellationToken).ConfigureAwait(false);
        var request = new ReadRequest(
            after?.Id.Value, options.PageBytes, wait, after?.Epoch ?? 0, partitions, BatchForm.Newest, _types, _foreignIds);
        try
        {
            var page = await calls.WaitAsync(token => _grain.ReadAsync(request, token), partition.Stream, What, cancellationToken)
                .ConfigureAwait(false);
            return Pick(page.ToPage());
        }
        catch (Exception error) when (StreamDirectory.IsGone(error))
        {
            Forget();
            throw;
        }
    }

    public async Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken)
    {
        await FindPartitionsAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var bounds = await calls.AnswerAsync(
                () => _grain.GetBoundsAsync(GetBoundsRequest.Instance), partition.Stream, What, cancellationToken).ConfigureAwait(false);
            return bounds.HeadPlace;
        }
        catch (Exception error) when (StreamDirectory.IsGone(error))
        {
            Forget();
            throw;
        }
    }

    public ValueTask<int> FindPartitionsAsync(CancellationToken cancellationToken) =>
        _partitions is > 0 and var found ? new(found) : new(FindAsync(cancellationToken));

    /// <summary>What is wanted of a page, where the partition is on a silo that doesn't know of filters and has left nothing out.</summary>
    private LogPage Pick(LogPage page)
    {
        if (filter is null || page.ReadTo is not null || page.Last is not { } last)
        {
            return page;
        }

        var blocks = new List<ReadOnlyMemory<byte>>();
        foreach (var batch in page.Batches())
        {
            batch.PickTo(blocks, filter);
        }

        return page with { Blocks = blocks, ReadTo = last };
    }

    /// <summary>Finds out how many partitions there are, so that no grain is activated for one that doesn't exist.</summary>
    private async Task<int> FindAsync(CancellationToken cancellationToken)
    {
        var definition = await streams.GetAsync(partition.Stream, cancellationToken).ConfigureAwait(false);
        StreamDirectory.RequirePartition(definition, partition.Index);
        return _partitions = definition.Partitions;
    }

    private string What() => $"read {partition}";

    private void Forget()
    {
        streams.Forget(partition.Stream);
        _partitions = 0;
    }
}
