namespace Reflex.AspNetCore.Http.Streams;

/// <summary>All streams, ordered by name.</summary>
internal sealed record StreamListResponse(IReadOnlyList<StreamResponse> Streams);
