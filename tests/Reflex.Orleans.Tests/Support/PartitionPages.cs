using Reflex.Cursors;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Pages;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A partition's pages as its owner's process reads them, which a test can fail.</summary>
internal sealed class PartitionPages(PartitionLog log, int maxBytes = 64 * 1024) : IPageSource
{
    private int _running;
    private int _given;
    private int _askedAtOnce;

    public PartitionId Partition => log.Partition;

    /// <summary>Fails every read from now on.</summary>
    public Exception? Fault { get; set; }

    /// <summary>How many partitions it takes the stream to have.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>How many reads run now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>How many pages with events it has given out.</summary>
    public int Given => Volatile.Read(ref _given);

    /// <summary>How many reads weren't to wait for an event.</summary>
    public int AskedAtOnce => Volatile.Read(ref _askedAtOnce);

    /// <summary>Ends when a read waits or runs.</summary>
    public Gate Reading { get; } = new();

    public async Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        try
        {
            Interlocked.Add(ref _askedAtOnce, wait == TimeSpan.Zero ? 1 : 0);
            Reading.Arrive();
            var page = Fault is { } fault ? throw fault : await log.ReadAsync(after, maxBytes, wait, cancellationToken);
            Interlocked.Add(ref _given, page.IsEmpty ? 0 : 1);
            return page;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken)
    {
        var bounds = log.Bounds;
        return Task.FromResult(new CursorPlace(bounds.Head, bounds.HeadEpoch));
    }

    public ValueTask<int> FindPartitionsAsync(CancellationToken cancellationToken) => new(Partitions);
}
