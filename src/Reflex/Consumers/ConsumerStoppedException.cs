namespace Reflex.Consumers;

/// <summary>Somebody has stopped a consumer that runs outside the cluster: until it is started, its cursor stands still.</summary>
public sealed class ConsumerStoppedException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("consumer-stopped", ErrorKind.Conflict, "Consumer stopped");

    /// <inheritdoc cref="ConsumerStoppedException"/>
    /// <param name="consumer">The consumer that was stopped.</param>
    public ConsumerStoppedException(ConsumerId consumer)
        : base($"The consumer '{consumer}' was stopped, and its cursor stands still: start it, and consume again.", isTransient: false)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Consumer.ToFacts();

    /// <summary>The consumer that was stopped.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));

    internal static ConsumerStoppedException Of(RemoteError error) => new(ConsumerId.In(error.Facts));
}
