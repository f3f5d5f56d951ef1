using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex.Grpc.Errors;

/// <summary>Reads the facts of an error as its server sent them: any of them may be missing or malformed.</summary>
internal static class ReceivedFacts
{
    private const string Stream = "stream";
    private const string Consumer = "consumer";
    private const string Partition = "partition";

    /// <summary>The facts; the call's own stream and consumer where the server names none.</summary>
    public static ErrorFacts Read(IReadOnlyDictionary<string, string> received, CallContext context)
    {
        var facts = ErrorFacts.None;
        var partition = ReadPartition(received.GetValueOrDefault(Partition, ""));
        var stream = StreamName.TryParse(received.GetValueOrDefault(Stream), out var named) ? named : context.Stream;
        var consumer = ConsumerName.TryParse(received.GetValueOrDefault(Consumer), out var told) ? told : context.Consumer;
        facts = WithName(facts, Stream, (partition?.Stream ?? stream).Value);
        facts = WithName(facts, Consumer, consumer.Value);
        if (partition is { } one)
        {
            facts = facts.With(Partition, one.Index);
        }

        return received
            .Where(fact => fact.Key is not (Stream or Consumer) && !(fact.Key == Partition && partition is not null))
            .Aggregate(facts, (all, fact) => all.With(fact.Key, fact.Value));
    }

    private static ErrorFacts WithName(ErrorFacts facts, string fact, string name) =>
        name.Length > 0 ? facts.With(fact, name) : facts;

    /// <summary>The partition of "orders/3", which some servers name so; null when it isn't such a text.</summary>
    private static PartitionId? ReadPartition(string text)
    {
        try
        {
            return text.Contains('/', StringComparison.Ordinal) ? PartitionId.Parse(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
