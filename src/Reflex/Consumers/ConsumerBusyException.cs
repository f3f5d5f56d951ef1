using Reflex.Events;

namespace Reflex.Consumers;

/// <summary>A consumer's logic doesn't end, so that a control can't be carried out now. Nothing was changed.</summary>
public sealed class ConsumerBusyException : ReflexException
{
    /// <inheritdoc cref="ConsumerBusyException"/>
    /// <param name="consumer">The consumer whose logic doesn't end.</param>
    /// <param name="partition">The partition that it is handling, from 0.</param>
    /// <param name="id">The event that it is handling; null when it is none.</param>
    /// <param name="waited">How long the control has waited for it.</param>
    public ConsumerBusyException(ConsumerId consumer, int partition, EventId? id, TimeSpan waited)
        : base(
            $"The consumer '{consumer}' is still handling event {partition}/{id?.ToString() ?? "none"} after {waited}: try again once that "
            + "has ended; logic that can hang should heed its cancellation token.",
            isTransient: true)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Unavailable;

    /// <summary>The consumer whose logic doesn't end.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));
}
