namespace Reflex.Consumers;

/// <summary>Calls what a consumer implements besides <see cref="IEventConsumer"/>, for whoever runs or wraps one.</summary>
public static class EventConsumerExtensions
{
    /// <summary>Tells a consumer that a run begins, if it wants to know.</summary>
    /// <param name="consumer">Any consumer.</param>
    /// <param name="cancellationToken">See <see cref="IResettableConsumer.ResetAsync"/>.</param>
    /// <returns>The consumer's task; a completed one if it is no <see cref="IResettableConsumer"/>.</returns>
    public static Task ResetIfWantedAsync(this IEventConsumer consumer, CancellationToken cancellationToken) =>
        consumer is IResettableConsumer resettable ? resettable.ResetAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Tells a consumer that a run ends, if it wants to know.</summary>
    /// <param name="consumer">Any consumer.</param>
    /// <param name="cancellationToken">See <see cref="IStoppableConsumer.StopAsync"/>.</param>
    /// <returns>The consumer's task; a completed one if it is no <see cref="IStoppableConsumer"/>.</returns>
    public static Task StopIfWantedAsync(this IEventConsumer consumer, CancellationToken cancellationToken) =>
        consumer is IStoppableConsumer stoppable ? stoppable.StopAsync(cancellationToken) : Task.CompletedTask;
}
