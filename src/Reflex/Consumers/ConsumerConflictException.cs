namespace Reflex.Consumers;

/// <summary>The cluster itself runs the consumer whose cursor somebody else wants to move or remove.</summary>
public sealed class ConsumerConflictException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("consumer-conflict", ErrorKind.Conflict, "Not possible now");

    /// <inheritdoc cref="ConsumerConflictException"/>
    /// <param name="consumer">The consumer that the cluster runs.</param>
    public ConsumerConflictException(ConsumerId consumer)
        : base(
            $"The consumer '{consumer}' is run by the cluster itself, which moves its cursor: choose another name for a consumer that "
            + "runs elsewhere, and take it out of all silos before it is removed.",
            isTransient: false)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Consumer.ToFacts();

    /// <summary>The consumer that the cluster runs.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));

    internal static ConsumerConflictException Of(RemoteError error) => new(ConsumerId.In(error.Facts));
}
