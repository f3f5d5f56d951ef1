using System.Collections.Concurrent;
using Reflex.Streams;

namespace Reflex.Benchmarks.Silo;

/// <summary>How many consumers of this silo have handled a partition up to certain events.</summary>
internal sealed class Milestones
{
    /// <summary>How many events are between two of them: few enough to keep everybody near the head, many enough to cost nothing.</summary>
    public const int Interval = 512;

    private readonly ConcurrentDictionary<(PartitionId Partition, long Id), Milestone> _all = new();

    /// <summary>A consumer has handled the partition up to an event.</summary>
    public void Reach(PartitionId partition, long id) => Get(partition, id).Reach();

    /// <summary>Ends when so many consumers have handled the partition up to an event.</summary>
    public async Task WaitAsync(PartitionId partition, long id, int consumers)
    {
        await Get(partition, id).WaitAsync(consumers);
        _all.TryRemove((partition, id), out _);
    }

    private Milestone Get(PartitionId partition, long id) => _all.GetOrAdd((partition, id), _ => new Milestone());

    private sealed class Milestone
    {
        private readonly Lock _lock = new();
        private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reached;
        private int _expected = int.MaxValue;

        public void Reach()
        {
            lock (_lock)
            {
                _reached++;
                Check_NeedsLock();
            }
        }

        public Task WaitAsync(int consumers)
        {
            lock (_lock)
            {
                _expected = consumers;
                Check_NeedsLock();
            }

            return _passed.Task;
        }

        private void Check_NeedsLock()
        {
            if (_reached >= _expected)
            {
                _passed.TrySetResult();
            }
        }
    }
}
