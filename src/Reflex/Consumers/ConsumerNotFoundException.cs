namespace Reflex.Consumers;

/// <summary>No consumer of that stream and name is registered.</summary>
public sealed class ConsumerNotFoundException : ReflexException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="consumer">The consumer that was asked for.</param>
    /// <param name="known">The consumers that exist.</param>
    public ConsumerNotFoundException(ConsumerId consumer, IReadOnlyCollection<ConsumerId> known)
        : base(
            $"There is no consumer '{consumer}': "
            + (known.Count == 0
                ? "none is registered; register it with AddConsumer."
                : $"the consumers are {Names.List(known)}."),
            isTransient: false)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <summary>The consumer that was asked for.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));
}
