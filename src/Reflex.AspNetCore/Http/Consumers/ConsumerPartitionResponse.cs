using Reflex.Consumers;

namespace Reflex.AspNetCore.Http.Consumers;

/// <summary>A consumer on one partition.</summary>
/// <param name="Partition">From 0.</param>
/// <param name="State">running, stuck or stopped.</param>
/// <param name="Cursor">The cursor after the last event that it handled; null when it has handled none.</param>
/// <param name="Head">The partition's newest event.</param>
/// <param name="LagEvents">How many events it has still to handle.</param>
/// <param name="LagSeconds">How long ago the event that it handles next was appended.</param>
/// <param name="Fault">Why it is stuck; null when it isn't.</param>
internal sealed record ConsumerPartitionResponse(
    int Partition, string State, string? Cursor, string Head, long LagEvents, double LagSeconds, FaultResponse? Fault)
{
    public static ConsumerPartitionResponse From(ConsumerPartitionStatus status) => new(
        status.Partition,
        ConsumerResponse.NameOf(status.State),
        status.Cursor?.ToString(),
        status.Head.ToString(),
        status.LagEvents,
        status.Lag.TotalSeconds,
        status.Fault is { } fault ? FaultResponse.From(fault) : null);
}
