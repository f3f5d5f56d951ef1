using Reflex.Cursors;
using Reflex.Orleans.Pages;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tails;

/// <summary>A partition's pages, which readers of this process share while they are at its head: its owner has one of them.</summary>
internal sealed class TailedPageSource(IPageSource owner, SharedTails tails) : IPageSource
{
    public PartitionId Partition => owner.Partition;

    public Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken) => after is { } place
        ? tails.ReadAsync(owner, place, wait, cancellationToken)
        : owner.ReadAsync(after, wait, cancellationToken);

    public Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken) => owner.GetHeadAsync(cancellationToken);

    public ValueTask EndAsync() => owner.EndAsync();
}
