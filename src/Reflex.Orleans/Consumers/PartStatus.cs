using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Serialization;

namespace Reflex.Orleans.Consumers;

/// <summary>How far a consumer is on a partition.</summary>
[GenerateSerializer, Immutable, Alias("reflex.PartStatus")]
internal sealed record PartStatus(
    [property: Id(0)] int Partition,
    [property: Id(1)] int State,
    [property: Id(2)] PartFault? Fault,
    [property: Id(3)] long? Cursor,
    [property: Id(4)] long Head,
    [property: Id(5)] long LagEvents,
    [property: Id(6)] TimeSpan Lag,
    [property: Id(7)] long Epoch)
{
    public CursorPlace? Place => Places.Of(Cursor, Epoch);

    public static PartStatus Of(ConsumerPartitionStatus status) => new(
        status.Partition,
        (int)status.State,
        status.Fault is { } fault ? PartFault.Of(fault) : null,
        status.Cursor?.Id.Value,
        status.Head.Value,
        status.LagEvents,
        status.Lag,
        status.Cursor?.Epoch ?? 0);

    public ConsumerPartitionStatus ToStatus() => new(
        Partition,
        (ConsumerState)State,
        Fault?.ToFault(),
        Place,
        new EventId(Head),
        LagEvents,
        Lag);
}
