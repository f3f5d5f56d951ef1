namespace Reflex.Consumers;

/// <summary>
/// A session has ended because of an error that nobody foresaw, a fault of a program. It is the inner exception where the session
/// was held, and in the log there.
/// </summary>
public sealed class SessionFailedException : ReflexException
{
    /// <inheritdoc cref="SessionFailedException"/>
    /// <param name="consumer">The consumer whose session it was.</param>
    /// <param name="innerException">What has ended it; the message names its type alone.</param>
    public SessionFailedException(ConsumerId consumer, Exception innerException)
        : base(
            $"The session of the consumer '{consumer}' has ended because of an unexpected error ({innerException?.GetType().Name}), which "
            + "doesn't pass by itself: look into the log for its cause before you open a new one.",
            isTransient: false,
            innerException)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Failed;

    /// <summary>The consumer whose session it was.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));
}
