using Reflex.Consumers;
using Reflex.Events;

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
    [property: Id(6)] TimeSpan Lag)
{
    public static PartStatus Of(ConsumerPartitionStatus status) => new(
        status.Partition,
        (int)status.State,
        status.Fault is { } fault ? PartFault.Of(fault) : null,
        status.Cursor?.Value,
        status.Head.Value,
        status.LagEvents,
        status.Lag);

    public ConsumerPartitionStatus ToStatus() => new(
        Partition,
        (ConsumerState)State,
        Fault?.ToFault(),
        Cursor is { } cursor ? new EventId(cursor) : null,
        new EventId(Head),
        LagEvents,
        Lag);
}
