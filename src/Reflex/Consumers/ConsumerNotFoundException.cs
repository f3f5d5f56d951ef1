namespace Reflex.Consumers;

/// <summary>No consumer of that stream and name is registered.</summary>
public sealed class ConsumerNotFoundException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("consumer-not-found", ErrorKind.NotFound, "Not found");

    // Not among the facts, which travel: whoever is told of the failure elsewhere is told the names in the message.
    private readonly IReadOnlyCollection<ConsumerId>? _known;
    private readonly int? _others;

    /// <inheritdoc cref="ConsumerNotFoundException"/>
    /// <param name="consumer">The consumer that was asked for.</param>
    /// <param name="known">Consumers that exist.</param>
    /// <param name="others">How many exist besides; null when that isn't known.</param>
    public ConsumerNotFoundException(ConsumerId consumer, IReadOnlyCollection<ConsumerId> known, int? others = 0)
        : base(
            $"There is no consumer '{consumer}': "
            + Names.Describe("consumers", known, others, "none is registered; register it with AddConsumer."),
            isTransient: false)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
        _known = known;
        _others = others;
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Consumer.ToFacts();

    /// <summary>The consumer that was asked for.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));

    /// <summary>The same error for somebody who may not see every consumer.</summary>
    /// <param name="isVisible">Whether a consumer may be named.</param>
    /// <returns>The error, which names the visible ones among the consumers that this one knows.</returns>
    public ConsumerNotFoundException WithOnly(Func<ConsumerId, bool> isVisible) =>
        new(Consumer, [.. (_known ?? []).Where(isVisible)], _others is 0 ? 0 : null);

    internal static ConsumerNotFoundException Of(RemoteError error) =>
        new(ConsumerId.In(error.Facts), [], others: null);
}
