namespace Reflex.Consumers;

/// <summary>A consumer that wants to know when a run begins, for example to drop state that it holds in memory.</summary>
public interface IResettableConsumer : IEventConsumer
{
    /// <summary>Called at the start of every run, after the cursor was read and before the first event.</summary>
    /// <param name="cancellationToken">Cancelled when the run is.</param>
    /// <returns>A task whose failure ends the run.</returns>
    Task ResetAsync(CancellationToken cancellationToken);
}
