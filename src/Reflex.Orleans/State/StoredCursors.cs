using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using Reflex.Storage;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.State;

/// <summary>The cursors of a storage that can tell which it holds, for which Orleans' contract has no call.</summary>
internal sealed class StoredCursors(
    [FromKeyedServices(ReflexStorageNames.GrainStorage)] IGrainStorage storage,
    [FromKeyedServices(ReflexStorageNames.GrainStorage)] IGrainStorageSerializer serializer) : IStoredCursors
{
    public IEnumerable<(ConsumerName Consumer, EventId Cursor)> ReadCursors(PartitionId partition) =>
        storage is ILocalState local ? ReadCursors(local, StoredCursor.GrainsOf(partition)) : [];

    private IEnumerable<(ConsumerName Consumer, EventId Cursor)> ReadCursors(ILocalState local, string grainPrefix)
    {
        foreach (var record in local.List(StoredConsumer.StateName, grainPrefix))
        {
            if (StoredCursor.ConsumerOf(record) is { } consumer && CursorOf(record) is { } cursor)
            {
                yield return (consumer.Consumer, new EventId(cursor));
            }
        }
    }

    private long? CursorOf(StateRecord record)
    {
        try
        {
            return serializer.Deserialize<ConsumerRecord>(BinaryData.FromBytes(record.Payload))?.Cursor;
        }
        catch (Exception)
        {
            // Its consumer can't read it either, says so, and passes over nothing.
            return null;
        }
    }
}
