namespace Reflex.Consumers;

/// <summary>
/// A session has ended because somebody moved the consumer's cursor, or stopped and started it: a new session goes on at the
/// cursor. That is worth a retry; only this session isn't.
/// </summary>
public sealed class SessionEndedException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("session-ended", ErrorKind.Unavailable, "Session ended");

    /// <inheritdoc cref="SessionEndedException"/>
    /// <param name="consumer">The consumer whose session it was.</param>
    public SessionEndedException(ConsumerId consumer)
        : base(
            $"The session of the consumer '{consumer}' has ended, since its cursor was set from elsewhere or it was stopped and started: "
            + "open a new one, which goes on at the cursor.",
            isTransient: true)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Consumer.ToFacts();

    /// <summary>The consumer whose session it was.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));

    internal static SessionEndedException Of(RemoteError error) => new(ConsumerId.In(error.Facts));
}
