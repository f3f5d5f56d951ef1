using Reflex.Events;
using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A consumer that is a grain: counts the events of its partition.</summary>
public sealed class CountingGrain : ConsumerGrain, ICountingGrain
{
    private int _count;

    public Task<int> CountAsync() => Task.FromResult(_count);

    public override Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        _count++;
        return Task.CompletedTask;
    }
}
