using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reflex.Cursors;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Pages;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tails;

/// <summary>
/// The tails that the readers of this process share, one for each partition that somebody follows. What nobody used for a while is let
/// go. Thread-safe.
/// </summary>
internal sealed class SharedTails : IDisposable
{
    // A partition may take so much of the budget: a reader that is a little slower than others finds what they had just before.
    private const int ShareOfOne = 16;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);

    // A stream that was deleted and defined anew with another number of partitions is another one.
    private readonly ConcurrentDictionary<(PartitionId Partition, int Partitions), SharedTail> _tails = [];
    private readonly int _pageBytes;
    private readonly long _maxBytes;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _sweeping;

    public SharedTails(IOptions<ReflexOptions> options, [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _pageBytes = options.Value.PageBytes;
        _maxBytes = options.Value.MaxSharedBytes / ShareOfOne;
        Budget = new RecentBudget(options.Value.MaxSharedBytes);
        _sweeping = timeProvider.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    /// <summary>What they keep together.</summary>
    public RecentBudget Budget { get; }

    /// <summary>How many partitions are followed.</summary>
    public int Count => _tails.Count;

    /// <summary>Reads a page from what is shared, or from the partition's owner.</summary>
    /// <param name="owner">The way to the owner.</param>
    /// <param name="partitions">How many partitions the reader knows the stream to have.</param>
    /// <param name="after">As <see cref="IPageSource.ReadAsync"/> has it.</param>
    /// <param name="wait">As there.</param>
    /// <param name="cancellationToken">Ends the read, for this reader.</param>
    public Task<LogPage> ReadAsync(
        IPageSource owner, int partitions, CursorPlace after, TimeSpan wait, CancellationToken cancellationToken)
    {
        while (true)
        {
            var tail = _tails.GetOrAdd(
                (owner.Partition, partitions),
                static (_, tails) => new SharedTail(tails._pageBytes, tails._maxBytes, tails.Budget, tails._timeProvider),
                this);
            if (tail.TryReadAsync(owner, after, wait, cancellationToken) is { } page)
            {
                return page;
            }
        }
    }

    public void Dispose() => _sweeping.Dispose();

    private void Sweep()
    {
        foreach (var entry in _tails)
        {
            if (entry.Value.TryClose())
            {
                _tails.TryRemove(entry);
            }
        }
    }
}
