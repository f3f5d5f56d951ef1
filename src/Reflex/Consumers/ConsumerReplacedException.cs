namespace Reflex.Consumers;

/// <summary>A newer session of the same consumer has taken over.</summary>
public sealed class ConsumerReplacedException : ReflexException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="consumer">The consumer.</param>
    public ConsumerReplacedException(ConsumerId consumer)
        : base(
            $"A newer session of the consumer '{consumer}' has taken over, and this one has ended: "
            + "run each consumer once, or give the two different names.",
            isTransient: false)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <summary>The consumer.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));
}
