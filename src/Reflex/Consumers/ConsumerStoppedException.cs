namespace Reflex.Consumers;

/// <summary>Somebody has stopped a consumer that runs outside the cluster: until it is started, its cursor stands still.</summary>
public sealed class ConsumerStoppedException : ReflexException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="consumer">The consumer.</param>
    public ConsumerStoppedException(ConsumerId consumer)
        : base($"The consumer '{consumer}' was stopped, and its cursor stands still: start it, and consume again.", isTransient: false)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <summary>The consumer.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));
}
