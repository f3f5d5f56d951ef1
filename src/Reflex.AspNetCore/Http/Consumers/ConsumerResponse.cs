using System.Text.Json.Serialization;
using Reflex.Consumers;

namespace Reflex.AspNetCore.Http.Consumers;

/// <summary>A consumer and how far it is.</summary>
/// <param name="Stream">The stream that it consumes.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">
/// unregistered when no silo has it registered any more; else stuck when any part is; else stopped when any is; else running. unknown with
/// an error.
/// </param>
/// <param name="LagEvents">How many events all parts have still to handle.</param>
/// <param name="LagSeconds">The longest lag of a part.</param>
/// <param name="Partitions">Its part on each partition.</param>
/// <param name="Error">In a list only: why its status couldn't be had; then there are no partitions.</param>
internal sealed record ConsumerResponse(
    string Stream,
    string Name,
    string State,
    long LagEvents,
    double LagSeconds,
    IReadOnlyList<ConsumerPartitionResponse> Partitions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null)
{
    public static ConsumerResponse From(ConsumerStatus status) => new(
        status.Id.Stream.Value,
        status.Id.Name.Value,
        NameOf(status.State),
        status.LagEvents,
        status.Lag.TotalSeconds,
        [.. status.Partitions.Select(ConsumerPartitionResponse.From)]);

    public static ConsumerResponse Failed(ConsumerId id, string error) =>
        new(id.Stream.Value, id.Name.Value, "unknown", 0, 0, [], error);

    public static string NameOf(ConsumerState state) => state switch
    {
        ConsumerState.Running => "running",
        ConsumerState.Stuck => "stuck",
        ConsumerState.Stopped => "stopped",
        ConsumerState.Unregistered => "unregistered",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "This state has no name in HTTP answers."),
    };
}
