using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>A stream of a measured system. Any number of callers may append at once.</summary>
internal interface IMeasuredStream
{
    /// <summary>Appends an event; ends when the system says that it has it, in the system's own sense.</summary>
    Task AppendAsync(NewEvent e);

    /// <summary>Appends events in the way that is fastest for this system.</summary>
    Task AppendAsync(IReadOnlyList<NewEvent> events);

    /// <summary>
    /// Begins to hand over events from the first one on, and then as they come. The outer task ends when the reader is in its
    /// place, the inner one when it has handed over so many.
    /// </summary>
    Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken);
}
