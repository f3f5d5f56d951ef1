using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>Where the events of one body stand, by the partitions that they went to.</summary>
internal sealed record AppendedEventsResponse(int Count, IReadOnlyList<AppendedPartitionResponse> Partitions)
{
    public static AppendedEventsResponse From(IReadOnlyList<EventPosition> positions)
    {
        var partitions = new SortedDictionary<int, (EventId First, EventId Last)>();
        foreach (var (partition, id) in positions)
        {
            partitions[partition] = partitions.TryGetValue(partition, out var range) ? (range.First, id) : (id, id);
        }

        return new AppendedEventsResponse(
            positions.Count,
            [.. partitions.Select(p => new AppendedPartitionResponse(p.Key, p.Value.First.ToString(), p.Value.Last.ToString()))]);
    }
}
