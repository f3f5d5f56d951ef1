namespace Reflex.AspNetCore.Consumers;

/// <summary>All consumers, ordered by stream and name.</summary>
internal sealed record ConsumerListResponse(IReadOnlyList<ConsumerResponse> Consumers);
