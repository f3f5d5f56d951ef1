using System.Collections.Concurrent;
using Reflex.Streams;

namespace Reflex.Diagnostics;

/// <summary>
/// How long the storage of this process takes to make events durable, lately, for health checks. A silo keeps it, as a service.
/// Thread-safe.
/// </summary>
/// <param name="timeProvider">The clock that it is told by.</param>
public sealed class CommitTimes(TimeProvider timeProvider)
{
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<CommitWatch, byte> _watches = new();
    private readonly Lock _lock = new();
    private CommitTime? _slowest;
    private CommitTime? _slowestBefore;
    private long _since = timeProvider.GetTimestamp();
    private CommitFailure? _failure;

    /// <summary>The slowest commit of the last 30 seconds or more, up to a minute, or one that takes longer and hasn't ended.</summary>
    /// <value>Null when there was none.</value>
    public CommitTime? Slowest
    {
        get
        {
            CommitTime? slowest;
            lock (_lock)
            {
                Turn();
                slowest = Slower(_slowest, _slowestBefore);
            }

            foreach (var watch in _watches.Keys)
            {
                slowest = Slower(slowest, watch.UnderWay);
            }

            return slowest;
        }
    }

    /// <summary>The last commit of the last minute that failed.</summary>
    /// <value>Null when there is none.</value>
    public CommitFailure? Failure =>
        Volatile.Read(ref _failure) is { } failure && timeProvider.GetElapsedTime(failure.At) < 2 * Half ? failure : null;

    /// <summary>Watches the commits of a log, of which there is one at a time.</summary>
    /// <param name="partition">Whose log it is.</param>
    /// <returns>What is told of each; disposed when the log is closed.</returns>
    public CommitWatch Watch(PartitionId partition)
    {
        var watch = new CommitWatch(this, timeProvider, partition);
        _watches.TryAdd(watch, 0);
        return watch;
    }

    internal void Remove(CommitWatch watch) => _watches.TryRemove(watch, out _);

    internal void Fail(PartitionId partition, string reason) =>
        Volatile.Write(ref _failure, new CommitFailure(partition, reason, timeProvider.GetTimestamp()));

    internal void Add(PartitionId partition, TimeSpan time)
    {
        // Most are faster than one that is known.
        if (Volatile.Read(ref _slowest) is { } slowest
            && slowest.Time >= time
            && timeProvider.GetElapsedTime(Volatile.Read(ref _since)) < Half)
        {
            return;
        }

        lock (_lock)
        {
            Turn();
            _slowest = Slower(_slowest, new CommitTime(partition, time));
        }
    }

    private static CommitTime? Slower(CommitTime? one, CommitTime? other) =>
        one is null || (other is not null && other.Time > one.Time) ? other : one;

    private void Turn()
    {
        var elapsed = timeProvider.GetElapsedTime(_since);
        if (elapsed >= Half)
        {
            _slowestBefore = elapsed < 2 * Half ? _slowest : null;
            _slowest = null;
            Volatile.Write(ref _since, timeProvider.GetTimestamp());
        }
    }
}
