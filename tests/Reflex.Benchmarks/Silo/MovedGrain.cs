using Reflex.Events;
using Reflex.Orleans.Consumers;

namespace Reflex.Benchmarks.Silo;

/// <summary>A consumer that requires nothing, since it begins anew with every move.</summary>
internal sealed class MovedGrain : ConsumerGrain
{
    protected override Task ConsumeAsync(Event e, CancellationToken cancellationToken) => Task.CompletedTask;
}
