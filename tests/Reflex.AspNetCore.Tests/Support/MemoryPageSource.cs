using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Support;

internal sealed class MemoryPageSource(PartitionLog log, Func<Exception?> failure) : IPageSource
{
    private const int PageBytes = 64 * 1024;

    public PartitionId Partition => log.Partition;

    public async Task<LogPage> ReadAsync(EventId? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var page = await log.ReadAsync(after, PageBytes, failure() is null ? wait : TimeSpan.Zero, cancellationToken);
        return failure() is { } error ? throw error : page;
    }

    public Task<EventId> GetHeadAsync(CancellationToken cancellationToken) => Task.FromResult(log.Bounds.Head);
}
