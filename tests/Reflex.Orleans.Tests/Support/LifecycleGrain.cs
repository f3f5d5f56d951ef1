using Reflex.Events;
using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A consumer grain that takes its time to activate, and notes when it consumes and when it ends.</summary>
internal sealed class LifecycleGrain(Seen seen) : ConsumerGrain
{
    // Some tenths of a second of turns, in which a consumer that had begun would get far.
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        for (var turn = 0; turn < 100_000; turn++)
        {
            await Task.Yield();
        }

        seen.Calls.Enqueue("activated");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        seen.Calls.Enqueue("deactivated");
        return Task.CompletedTask;
    }

    protected override async Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        await Task.Yield();
        seen.Calls.Enqueue(e.Id.ToString());
        await seen.AddAsync(e, cancellationToken);
    }
}
