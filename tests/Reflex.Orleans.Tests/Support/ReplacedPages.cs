using Reflex.Cursors;
using Reflex.Orleans.Pages;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A partition whose log a test replaces by another one, as by a backup that is restored.</summary>
internal sealed class ReplacedPages(IPageSource first) : IPageSource
{
    public IPageSource Log { get; set; } = first;

    public PartitionId Partition => Log.Partition;

    public Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken) =>
        Log.ReadAsync(after, wait, cancellationToken);

    public Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken) => Log.GetHeadAsync(cancellationToken);

    public ValueTask<int> FindPartitionsAsync(CancellationToken cancellationToken) => Log.FindPartitionsAsync(cancellationToken);
}
