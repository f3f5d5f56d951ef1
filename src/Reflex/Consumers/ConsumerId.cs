using Reflex.Streams;

namespace Reflex.Consumers;

/// <summary>A consumer of a stream, written <c>orders/send-receipt</c>. The same name on two streams is two consumers.</summary>
/// <param name="Stream">The stream that it consumes.</param>
/// <param name="Name">Its name.</param>
public readonly record struct ConsumerId(StreamName Stream, ConsumerName Name) : IComparable<ConsumerId>
{
    /// <summary>Reads the text form.</summary>
    /// <param name="text">A stream's name and a consumer's, joined by a slash.</param>
    /// <returns>The consumer.</returns>
    /// <exception cref="FormatException">The text is no such id.</exception>
    public static ConsumerId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('/') is [var stream, var name]
            ? new ConsumerId(StreamName.Parse(stream), ConsumerName.Parse(name))
            : throw new FormatException($"'{text}' is not a consumer: expected a stream and a name such as orders/send-receipt.");
    }

    /// <inheritdoc/>
    public int CompareTo(ConsumerId other) => Stream.CompareTo(other.Stream) is not 0 and var order ? order : Name.CompareTo(other.Name);

    /// <summary>The consumer that the facts of an error name, as far as they do.</summary>
    internal static ConsumerId In(ErrorFacts facts) =>
        new(StreamName.In(facts), ConsumerName.TryParse(facts.Text("consumer"), out var name) ? name : default);

    /// <summary>The facts by which an error names this consumer.</summary>
    internal ErrorFacts ToFacts() => ErrorFacts.None.With("stream", Stream.Value).With("consumer", Name.Value);

    /// <summary>The text form.</summary>
    /// <returns>Stream and name, joined by a slash.</returns>
    public override string ToString() => $"{Stream}/{Name}";
}
