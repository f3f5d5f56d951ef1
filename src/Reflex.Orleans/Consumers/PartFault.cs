using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Orleans.Consumers;

/// <summary>Why a consumer is stuck on a partition.</summary>
[GenerateSerializer, Immutable, Alias("reflex.PartFault")]
internal sealed record PartFault(
    [property: Id(0)] string Error,
    [property: Id(1)] long? Event,
    [property: Id(2)] int Attempts,
    [property: Id(3)] DateTimeOffset Since,
    [property: Id(4)] DateTimeOffset NextRetry)
{
    public static PartFault Of(ConsumerFault fault) =>
        new(fault.Error, fault.Event?.Value, fault.Attempts, fault.Since, fault.NextRetry);

    public ConsumerFault ToFault() => new(Error, Event is { } id ? new EventId(id) : null, Attempts, Since, NextRetry);
}
