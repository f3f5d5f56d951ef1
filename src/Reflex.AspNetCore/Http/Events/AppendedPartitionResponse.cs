namespace Reflex.AspNetCore.Http.Events;

/// <summary>Where a partition's part of the appended events stands; the ids between the two may include other appenders' events.</summary>
internal sealed record AppendedPartitionResponse(int Partition, string FirstId, string LastId);
