namespace Reflex.Consumers;

/// <summary>
/// The name of a consumer that runs outside the cluster wasn't registered, since there are as many of them as there may be. Those
/// that are registered go on.
/// </summary>
public sealed class ConsumerLimitException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("consumer-limit", ErrorKind.LimitReached, "Too many consumers");

    /// <inheritdoc cref="ConsumerLimitException"/>
    /// <param name="consumer">The consumer that was to be registered.</param>
    /// <param name="limit">How many there may be.</param>
    /// <param name="option">The option that says so.</param>
    public ConsumerLimitException(ConsumerId consumer, int limit, string option)
        : base(
            $"The consumer '{consumer}' can't be registered: the cluster keeps as many names of consumers that run outside of it as "
            + $"{option} allows, {limit}; consume under one of them, or raise the limit in the silos.",
            isTransient: false)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
        SetFact("limit", limit);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Consumer.ToFacts().With("limit", Limit);

    /// <summary>The consumer that was to be registered.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));

    /// <summary>How many there may be, of its stream or in the cluster.</summary>
    public int Limit => (int)GetNumber("limit");

    internal static ConsumerLimitException Of(RemoteError error) =>
        new(ConsumerId.In(error.Facts), error.Facts.Amount("limit"), "the server");
}
