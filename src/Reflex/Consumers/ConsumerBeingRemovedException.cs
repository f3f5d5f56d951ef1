namespace Reflex.Consumers;

/// <summary>A consumer outside the cluster can't have a session or a cursor yet, since the one of its name is being removed.</summary>
public sealed class ConsumerBeingRemovedException : ReflexException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="consumer">The consumer.</param>
    public ConsumerBeingRemovedException(ConsumerId consumer)
        : base(
            $"The consumer '{consumer}' is being removed: try again, or remove it again to see what keeps it.",
            isTransient: true)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <summary>The consumer.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));
}
