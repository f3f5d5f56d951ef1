using Reflex.Events;

namespace Reflex.Consumers;

/// <summary>The logic of a consumer. It must be idempotent: after a crash some events are handed over again.</summary>
public interface IEventConsumer
{
    /// <summary>Handles one event. The next one comes when the task has ended; the cursor moves only if it succeeded.</summary>
    /// <param name="e">What to handle; keep its <see cref="Event.Copy"/> where it is kept for long.</param>
    /// <param name="cancellationToken">Cancelled when the process can't wait for the logic any longer.</param>
    /// <returns>A task that ends when the event is handled. Its failure leaves the cursor where it is.</returns>
    Task ConsumeAsync(Event e, CancellationToken cancellationToken);
}
