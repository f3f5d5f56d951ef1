using Reflex.Events;

namespace Reflex.Consumers;

/// <summary>Notes whether a consumer has handled anything, so that back-off starts over after progress.</summary>
internal sealed class ProgressConsumer(IEventConsumer inner) : IResettableConsumer, IStoppableConsumer
{
    private bool _moved;

    public bool TakeMoved()
    {
        var moved = _moved;
        _moved = false;
        return moved;
    }

    public async Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        await inner.ConsumeAsync(e, cancellationToken);
        _moved = true;
    }

    public Task ResetAsync(CancellationToken cancellationToken) => inner.ResetIfWantedAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => inner.StopIfWantedAsync(cancellationToken);
}
