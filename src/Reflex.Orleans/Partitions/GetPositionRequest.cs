namespace Reflex.Orleans.Partitions;

/// <summary>What a partition holds is asked, and when the event after a cursor was appended.</summary>
/// <param name="After">The cursor; null is before the oldest event.</param>
[GenerateSerializer, Immutable, Alias("reflex.GetPositionRequest")]
internal sealed record GetPositionRequest([property: Id(0)] long? After);
