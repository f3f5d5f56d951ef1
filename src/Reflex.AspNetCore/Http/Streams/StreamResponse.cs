using System.Text.Json.Serialization;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Streams;

/// <summary>A stream and what it holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Retention">How long it keeps events.</param>
/// <param name="Partitions">What each partition holds.</param>
/// <param name="Error">In a list only: why its partitions couldn't be looked at; then there are none.</param>
internal sealed record StreamResponse(
    string Name,
    RetentionJson Retention,
    IReadOnlyList<PartitionResponse> Partitions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null)
{
    public static StreamResponse From(StreamStatus status) => new(
        status.Definition.Name.Value,
        RetentionJson.From(status.Definition.Retention),
        [.. status.Partitions.Select(PartitionResponse.From)]);

    public static StreamResponse Failed(StreamDefinition definition, string error) => new(
        definition.Name.Value, RetentionJson.From(definition.Retention), [], error);
}
