using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Silo.Tests.Support;

/// <summary>What a reader or a consumer was given, in its order.</summary>
internal sealed class Recorder : IEventConsumer
{
    private readonly Lock _lock = new();
    private readonly List<long> _ids = [];
    private readonly List<(long Id, TaskCompletionSource Reached)> _awaited = [];

    public IReadOnlyList<long> Ids
    {
        get
        {
            lock (_lock)
            {
                return [.. _ids];
            }
        }
    }

    public Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _ids.Add(e.Id.Value);
            foreach (var (_, reached) in _awaited.Where(awaited => awaited.Id <= e.Id.Value))
            {
                reached.TrySetResult();
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends when an event has come; fails when what brings it ends before.</summary>
    public async Task ReachesAsync(long id, Task bringing)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _awaited.Add((id, reached));
            if (_ids.Count > 0 && _ids.Max() >= id)
            {
                reached.TrySetResult();
            }
        }

        await Task.WhenAny(reached.Task, bringing).WaitAsync(TestContext.Current.CancellationToken);
        if (!reached.Task.IsCompleted)
        {
            await bringing;
            Assert.Fail($"It ended before event {id}.");
        }
    }

    /// <summary>Requires every event, in order but for going back; answers how often it did, and how many came again.</summary>
    public (int Returns, int Repeats) RequireNoGap(long last)
    {
        var (returns, repeats) = (0, 0);
        var newest = 0L;
        foreach (var (id, before) in Ids.Zip(Ids.Prepend(0)))
        {
            Assert.True(id == before + 1 || id <= newest, $"After event {before} came {id}, and {newest} was the newest.");
            returns += id <= before ? 1 : 0;
            repeats += id <= newest ? 1 : 0;
            newest = Math.Max(newest, id);
        }

        Assert.Equal(last, newest);
        return (returns, repeats);
    }
}
