namespace Reflex.Consumers;

/// <summary>A newer session of the same consumer has taken over.</summary>
public sealed class ConsumerReplacedException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("consumer-replaced", ErrorKind.Replaced, "Consumer taken over");

    /// <inheritdoc cref="ConsumerReplacedException"/>
    /// <param name="consumer">The consumer that both sessions are of.</param>
    public ConsumerReplacedException(ConsumerId consumer)
        : base(
            $"A newer session of the consumer '{consumer}' has taken over, and this one has ended: "
            + "run each consumer once, or give the two different names.",
            isTransient: false)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Consumer.ToFacts();

    /// <summary>The consumer that both sessions are of.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));

    internal static ConsumerReplacedException Of(RemoteError error) => new(ConsumerId.In(error.Facts));
}
