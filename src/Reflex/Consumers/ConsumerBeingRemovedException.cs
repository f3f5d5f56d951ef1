namespace Reflex.Consumers;

/// <summary>A consumer outside the cluster can't have a session or a cursor yet, since the one of its name is being removed.</summary>
public sealed class ConsumerBeingRemovedException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("consumer-being-removed", ErrorKind.Unavailable, "Consumer being removed");

    /// <inheritdoc cref="ConsumerBeingRemovedException"/>
    /// <param name="consumer">The consumer that is being removed.</param>
    public ConsumerBeingRemovedException(ConsumerId consumer)
        : base(
            $"The consumer '{consumer}' is being removed: try again, or remove it again to see what keeps it.",
            isTransient: true)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Consumer.ToFacts();

    /// <summary>The consumer that is being removed.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));

    internal static ConsumerBeingRemovedException Of(RemoteError error) => new(ConsumerId.In(error.Facts));
}
