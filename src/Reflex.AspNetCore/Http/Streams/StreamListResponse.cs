using System.Text.Json.Serialization;

namespace Reflex.AspNetCore.Http.Streams;

/// <summary>A page of the streams, ordered by name.</summary>
/// <param name="Streams">Those of the page.</param>
/// <param name="Next">The name after which the next page begins; null when there is none.</param>
internal sealed record StreamListResponse(
    IReadOnlyList<StreamResponse> Streams,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);
