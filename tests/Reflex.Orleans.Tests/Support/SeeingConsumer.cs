using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Orleans.Tests.Support;

/// <summary>Notes what it sees.</summary>
internal sealed class SeeingConsumer(Seen seen) : IResettableConsumer, IStoppableConsumer
{
    public Task ConsumeAsync(Event e, CancellationToken cancellationToken) => seen.AddAsync(e, cancellationToken);

    public Task ResetAsync(CancellationToken cancellationToken)
    {
        seen.Calls.Enqueue("reset");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        seen.Calls.Enqueue("stop");
        return Task.CompletedTask;
    }
}
