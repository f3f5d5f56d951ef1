using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Orleans.Consumers;

/// <summary>A consumer's logic, with a note of what it is doing. Used in its grain's context only.</summary>
internal sealed class TrackedConsumer(IEventConsumer logic) : IResettableConsumer, IStoppableConsumer, IDisposable
{
    // Long against a scheduling hop, short for somebody who asks for the status.
    private const long TurnMilliseconds = 5;

    private CancellationTokenSource _kill = new();
    private long _turnBegan;

    /// <summary>Whether an event is being handled.</summary>
    public bool IsHandling { get; private set; }

    /// <summary>The event that was handed over last in this run; null when none was.</summary>
    public EventId? Last { get; private set; }

    /// <summary>Cancels the logic, when it can't be waited for any longer.</summary>
    public void Kill() => _kill.Cancel();

    /// <remarks>The token that ends the run is not the logic's: a stopping consumer finishes the event that it is handling.</remarks>
    public async Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        // Events of a page come without a wait between them, and logic may be synchronous: other calls need their turn.
        if (Environment.TickCount64 - _turnBegan >= TurnMilliseconds)
        {
            await Task.Yield();
            _turnBegan = Environment.TickCount64;
        }

        Last = e.Id;
        IsHandling = true;
        try
        {
            await logic.ConsumeAsync(e, _kill.Token);
        }
        finally
        {
            IsHandling = false;
        }
    }

    public Task ResetAsync(CancellationToken cancellationToken)
    {
        Last = null;
        if (_kill.IsCancellationRequested)
        {
            // The run that was cancelled has ended.
            _kill.Dispose();
            _kill = new CancellationTokenSource();
        }

        return logic.ResetIfWantedAsync(_kill.Token);
    }

    public Task StopAsync(CancellationToken cancellationToken) => logic.StopIfWantedAsync(_kill.Token);

    public void Dispose() => _kill.Dispose();
}
