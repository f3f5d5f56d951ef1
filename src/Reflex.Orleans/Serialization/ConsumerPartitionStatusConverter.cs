using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Orleans.Serialization;

[RegisterConverter]
internal sealed class ConsumerPartitionStatusConverter : IConverter<ConsumerPartitionStatus, ConsumerPartitionStatusSurrogate>
{
    public ConsumerPartitionStatus ConvertFromSurrogate(in ConsumerPartitionStatusSurrogate surrogate) => new(
        surrogate.Partition,
        (ConsumerState)surrogate.State,
        surrogate.Error is null
            ? null
            : new ConsumerFault(surrogate.Error, ToId(surrogate.FaultEvent), surrogate.Attempts, surrogate.Since, surrogate.NextRetry),
        ToId(surrogate.Cursor),
        new EventId(surrogate.Head),
        surrogate.LagEvents,
        surrogate.Lag);

    public ConsumerPartitionStatusSurrogate ConvertToSurrogate(in ConsumerPartitionStatus value) => new()
    {
        Partition = value.Partition,
        State = (int)value.State,
        Error = value.Fault?.Error,
        FaultEvent = value.Fault?.Event?.Value,
        Attempts = value.Fault?.Attempts ?? 0,
        Since = value.Fault?.Since ?? default,
        NextRetry = value.Fault?.NextRetry ?? default,
        Cursor = value.Cursor?.Value,
        Head = value.Head.Value,
        LagEvents = value.LagEvents,
        Lag = value.Lag,
    };

    private static EventId? ToId(long? value) => value is { } id ? new EventId(id) : null;
}
