using Reflex.Consumers;

namespace Reflex.Cursors;

/// <summary>The storage of the cursors doesn't do its work at the moment. Whether a cursor was moved is unknown.</summary>
public sealed class CursorStoreException : ReflexException
{
    /// <inheritdoc cref="CursorStoreException"/>
    /// <param name="consumer">The consumer whose cursor was to be read or stored.</param>
    /// <param name="innerException">The storage's error.</param>
    public CursorStoreException(ConsumerId consumer, Exception innerException)
        : base(
            $"The cursor of the consumer '{consumer}' could not be read or stored ({innerException?.Message}); "
            + "try again a little later.",
            isTransient: true,
            innerException)
    {
        SetFact("stream", consumer.Stream.Value);
        SetFact("consumer", consumer.Name.Value);
        SetClientMessage($"The cursor of the consumer '{consumer}' could not be read or stored; try again a little later.");
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Unavailable;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Consumer.ToFacts();

    /// <summary>The consumer whose cursor was to be read or stored.</summary>
    public ConsumerId Consumer => new(GetText("stream"), GetText("consumer"));
}
