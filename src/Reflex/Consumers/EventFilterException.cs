using Reflex.Events;

namespace Reflex.Consumers;

/// <summary>A consumer's event filter failed, so that it is unknown whether the event is for the consumer. Its cursor stays.</summary>
public sealed class EventFilterException : ReflexException
{
    /// <inheritdoc cref="EventFilterException"/>
    /// <param name="consumer">The consumer whose filter it is.</param>
    /// <param name="e">The event that the filter failed on.</param>
    /// <param name="innerException">The filter's error.</param>
    public EventFilterException(ConsumerName consumer, Event e, Exception innerException)
        : base(
            $"The event filter of the consumer '{consumer}' failed on event {e.Id} of partition {e.Partition}: "
            + $"{innerException.Message} Mend the filter; the consumer goes on with that event.",
            isTransient: false,
            innerException)
    {
        SetFact("consumer", consumer.Value);
        SetFact("event", e.Id.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Failed;

    /// <summary>The consumer whose filter it is.</summary>
    public ConsumerName Consumer => ConsumerName.Parse(GetText("consumer"));

    /// <summary>The event that the filter failed on.</summary>
    public EventId Event => new(GetNumber("event"));
}
