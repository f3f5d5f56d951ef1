using Reflex.Cursors;
using Reflex.Orleans.Pages;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tails;

/// <summary>A partition's pages, which readers of this process share while they are at its head: its owner has one of them.</summary>
internal sealed class TailedPageSource(IPageSource owner, SharedTails tails) : IPageSource
{
    public PartitionId Partition => owner.Partition;

    public async Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken) => after is { } place
        ? await tails.ReadAsync(
            owner, await owner.FindPartitionsAsync(cancellationToken).ConfigureAwait(false), place, wait, cancellationToken)
            .ConfigureAwait(false)
        : await owner.ReadAsync(after, wait, cancellationToken).ConfigureAwait(false);

    public ValueTask<int> FindPartitionsAsync(CancellationToken cancellationToken) => owner.FindPartitionsAsync(cancellationToken);

    public Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken) => owner.GetHeadAsync(cancellationToken);

    public ValueTask EndAsync() => owner.EndAsync();
}
