using Reflex.Cursors;
using Reflex.Orleans.Pages;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tails;

/// <summary>A partition's pages, which readers of this process share while they are at its head: its owner has one of them.</summary>
internal sealed class TailedPageSource(IPageSource owner, SharedTails tails) : IPageSource
{
    public PartitionId Partition => owner.Partition;

    public Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (after is not { } place)
        {
            return owner.ReadAsync(after, wait, cancellationToken);
        }

        // Known but for the first time: each page passes here, and another task would take its time for nothing.
        var partitions = owner.FindPartitionsAsync(cancellationToken);
        return partitions.IsCompletedSuccessfully
            ? tails.ReadAsync(owner, partitions.Result, place, wait, cancellationToken)
            : FirstAsync();

        async Task<LogPage> FirstAsync() => await tails.ReadAsync(
            owner, await partitions.ConfigureAwait(false), place, wait, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<int> FindPartitionsAsync(CancellationToken cancellationToken) => owner.FindPartitionsAsync(cancellationToken);

    public Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken) => owner.GetHeadAsync(cancellationToken);

    public ValueTask EndAsync() => owner.EndAsync();
}
