namespace Reflex.Consumers;

/// <summary>The cluster itself runs the consumer whose cursor somebody else wants to move.</summary>
public sealed class ConsumerConflictException : ReflexException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="consumer">The consumer.</param>
    public ConsumerConflictException(ConsumerId consumer)
        : base(
            $"The consumer '{consumer}' is run by the cluster itself, which moves its cursor: choose another name for a consumer that "
            + "runs elsewhere.",
            isTransient: false)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <summary>The consumer.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));
}
