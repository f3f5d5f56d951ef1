using Reflex.Events;
using Reflex.Orleans.Consumers;

namespace Reflex.Benchmarks.Silo;

/// <summary>A consumer that requires every event once and in order, and tells at milestones how far it is.</summary>
internal sealed class FollowingGrain(Milestones milestones) : ConsumerGrain
{
    private EventId _last;

    protected override Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        if (e.Id != _last.Next)
        {
            throw new InvalidOperationException($"{Key} got event {e.Id} after {_last}.");
        }

        _last = e.Id;
        if (e.Id.Value % Milestones.Interval == 0)
        {
            milestones.Reach(Key.Partition, e.Id.Value);
        }

        return Task.CompletedTask;
    }
}
