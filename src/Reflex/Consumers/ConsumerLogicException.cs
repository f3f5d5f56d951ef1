namespace Reflex.Consumers;

/// <summary>
/// A consumer's logic let the end of a stream that it reads itself escape. For the consumer that is a failure, which must not
/// look like the end of the stream that it consumes.
/// </summary>
public sealed class ConsumerLogicException : ReflexException
{
    /// <inheritdoc cref="ConsumerLogicException"/>
    /// <param name="consumer">The consumer whose logic it is.</param>
    /// <param name="innerException">The end of the other stream.</param>
    public ConsumerLogicException(ConsumerName consumer, Streams.StreamEndException innerException)
        : base(
            $"The logic of the consumer '{consumer}' let the end of a stream that it reads itself escape: "
            + $"{innerException.Message} Catch it in the logic.",
            innerException.IsTransient,
            innerException) => SetFact("consumer", consumer.Value);

    /// <inheritdoc/>
    public override ErrorCode Code => IsTransient ? ErrorCode.Unavailable : ErrorCode.Failed;

    /// <summary>The consumer whose logic it is.</summary>
    public ConsumerName Consumer => ConsumerName.Parse(GetText("consumer"));
}
