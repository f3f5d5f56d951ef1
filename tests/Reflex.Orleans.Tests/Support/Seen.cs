using System.Collections.Concurrent;
using Reflex.Events;

namespace Reflex.Orleans.Tests.Support;

/// <summary>What a test's consumers have seen, and what they are to do. One for each silo, from its services.</summary>
internal sealed class Seen
{
    private readonly Lock _lock = new();
    private readonly List<Event> _events = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];

    /// <summary>Called before an event is noted; may throw, or hold the consumer.</summary>
    public Func<Event, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public ConcurrentQueue<string> Calls { get; } = new();

    public IReadOnlyList<Event> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    public async Task AddAsync(Event e, CancellationToken cancellationToken)
    {
        await Before(e, cancellationToken);
        lock (_lock)
        {
            _events.Add(e);
            foreach (var (_, reached) in _waiters.Where(waiter => waiter.Count <= _events.Count))
            {
                reached.TrySetResult();
            }
        }
    }

    /// <summary>Ends when that many events were seen.</summary>
    public Task ReachesAsync(int count)
    {
        lock (_lock)
        {
            if (_events.Count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
    }
}
