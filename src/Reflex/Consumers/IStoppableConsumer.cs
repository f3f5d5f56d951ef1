namespace Reflex.Consumers;

/// <summary>A consumer that wants to know when a run ends, for example to release what it holds.</summary>
public interface IStoppableConsumer : IEventConsumer
{
    /// <summary>Called at the end of every run whose reset succeeded, however it ended.</summary>
    /// <param name="cancellationToken">Never cancelled by the end of the run itself.</param>
    /// <returns>A task whose failure ends the run with its error, unless the run already failed.</returns>
    Task StopAsync(CancellationToken cancellationToken);
}
