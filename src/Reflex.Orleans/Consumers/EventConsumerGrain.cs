using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Orleans.Consumers;

/// <summary>The grain around a consumer that is a plain class.</summary>
[GrainType("reflex.consumer")]
internal sealed class EventConsumerGrain : ConsumerGrain
{
    private IEventConsumer? _consumer;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_consumer is IAsyncDisposable asyncDisposable)
        {
            await asyncDisposable.DisposeAsync();
        }
        else if (_consumer is IDisposable disposable)
        {
            disposable.Dispose();
        }
    }

    protected override Task ConsumeAsync(Event e, CancellationToken cancellationToken) => _consumer!.ConsumeAsync(e, cancellationToken);

    /// <remarks>The consumer is made here, so that a constructor that fails shows in the status like every other failure.</remarks>
    protected override Task ResetConsumerAsync(CancellationToken cancellationToken)
    {
        _consumer ??= (IEventConsumer)ActivatorUtilities.CreateInstance(ServiceProvider, Registration.ConsumerClass!);
        return _consumer.ResetIfWantedAsync(cancellationToken);
    }

    protected override Task StopConsumerAsync(CancellationToken cancellationToken) => _consumer!.StopIfWantedAsync(cancellationToken);
}
