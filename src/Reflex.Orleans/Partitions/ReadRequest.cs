using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

/// <summary>What a reader wants next.</summary>
/// <param name="After">The event after which the page begins; null begins with the oldest.</param>
/// <param name="MaxBytes">About how much is wanted.</param>
/// <param name="Wait">For how long to wait for an event at the head.</param>
/// <param name="Epoch">The epoch of the event after which the page begins; 0 when it isn't known.</param>
/// <param name="Partitions">How many partitions the reader knows the stream to have; 0 from versions that don't say so.</param>
/// <param name="Form">Which batches the reader takes, a <see cref="Storage.BatchForm"/>; 0 from versions that don't say so.</param>
/// <param name="Types">The types of the events that it wants; null for every one, or from versions that don't ask.</param>
/// <param name="ForeignIds">The foreign ids of the events that it wants; null for every one, or from versions that don't ask.</param>
[GenerateSerializer, Immutable, Alias("reflex.ReadRequest")]
internal sealed record ReadRequest(
    [property: Id(0)] long? After,
    [property: Id(1)] int MaxBytes,
    [property: Id(2)] TimeSpan Wait,
    [property: Id(3)] long Epoch,
    [property: Id(4)] int Partitions,
    [property: Id(5)] int Form,
    [property: Id(6)] int[]? Types = null,
    [property: Id(7)] string[]? ForeignIds = null)
{
    /// <summary>What it leaves out; null when every event is wanted.</summary>
    public EventFilter? Filter => EventFilter.Of(Types is null ? null : Array.ConvertAll(Types, type => new EventType(type)), ForeignIds);
}
