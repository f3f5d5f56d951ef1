using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Tests.Support;

/// <summary>A partition's pages as its owner's process reads them, which a test can fail.</summary>
internal sealed class PartitionPages(PartitionLog log, int maxBytes = 64 * 1024) : IPageSource
{
    private int _running;

    public PartitionId Partition => log.Partition;

    /// <summary>Fails every read from now on.</summary>
    public Exception? Fault { get; set; }

    /// <summary>How many reads run now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Ends when a read waits or runs.</summary>
    public Gate Reading { get; } = new();

    public async Task<LogPage> ReadAsync(EventId? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        try
        {
            Reading.Arrive();
            return Fault is { } fault ? throw fault : await log.ReadAsync(after, maxBytes, wait, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public Task<EventId> GetHeadAsync(CancellationToken cancellationToken) => Task.FromResult(log.Bounds.Head);
}
