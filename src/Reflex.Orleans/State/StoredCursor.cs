using Reflex.Cursors;
using Reflex.Orleans.Consumers;
using Reflex.Storage;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.State;

/// <summary>A cursor as it is stored.</summary>
/// <param name="Consumer">The consumer and the partition.</param>
/// <param name="Place">The last event that it handled.</param>
public readonly record struct StoredCursor(ConsumerKey Consumer, CursorPlace Place)
{
    // The type of the grains that the states belong to.
    private const string GrainPrefix = "reflex.cursor/";

    /// <summary>The event's id.</summary>
    public EventId Cursor => Place.Id;

    /// <summary>What the ids of a partition's grains begin with.</summary>
    internal static string GrainsOf(PartitionId partition) => $"{GrainPrefix}{partition}/";

    /// <summary>The consumer of a record; null when it holds something else than a cursor.</summary>
    internal static ConsumerKey? ConsumerOf(StateRecord record) =>
        record.State == StoredConsumer.StateName && record.Grain.StartsWith(GrainPrefix, StringComparison.Ordinal)
            ? ConsumerKey.TryParse(record.Grain[GrainPrefix.Length..])
            : null;
}
