using Reflex.Events;

namespace Reflex.AspNetCore.Reading;

/// <summary>Writes events into a buffer, in the form in which a response sends them. One for each response; not thread-safe.</summary>
internal abstract class EventWriter : IDisposable
{
    /// <summary>What was written and not yet sent.</summary>
    public ResponseBuffer Buffer { get; } = new();

    /// <summary>Adds an event. When it fails, nothing of it is in the buffer.</summary>
    public abstract void Add(Event e);

    /// <summary>Ends what events are still being added to; afterwards the buffer may be sent.</summary>
    public virtual void Complete()
    {
    }

    public virtual void Dispose() => Buffer.Dispose();
}
