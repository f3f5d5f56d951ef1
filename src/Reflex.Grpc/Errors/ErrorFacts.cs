using System.Globalization;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Grpc.Errors;

/// <summary>The facts of an error, as its server sent them: any of them may be missing or malformed.</summary>
internal sealed class ErrorFacts(IReadOnlyDictionary<string, string> metadata, CallContext context)
{
    public StreamName Stream => TryName("stream", out var name) ? StreamName.Parse(name) : context.Stream;

    public ConsumerId Consumer => new(Stream, TryName("consumer", out var name) ? ConsumerName.Parse(name) : context.Consumer);

    /// <summary>The partition of "orders/3", or of "3" in the stream.</summary>
    public PartitionId Partition
    {
        get
        {
            var text = metadata.GetValueOrDefault("partition", "");
            try
            {
                return text.Contains('/', StringComparison.Ordinal) ? PartitionId.Parse(text) : new PartitionId(Stream, Count("partition"));
            }
            catch (FormatException)
            {
                return new PartitionId(Stream, 0);
            }
        }
    }

    public EventId Id(string fact) => new(Number(fact));

    public CursorPlace Place(string fact) => CursorPlace.TryParse(metadata.GetValueOrDefault(fact, ""), out var place) ? place : default;

    public long Number(string fact) =>
        long.TryParse(metadata.GetValueOrDefault(fact, ""), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public int Count(string fact) => (int)Math.Min(Number(fact), int.MaxValue);

    private bool TryName(string fact, out string name)
    {
        name = metadata.GetValueOrDefault(fact, "");
        return Names.IsValid(name);
    }
}
