namespace Reflex.Orleans.Partitions;

/// <summary>The id of the first event that was appended; the others have the next ones.</summary>
[GenerateSerializer, Immutable, Alias("reflex.AppendResponse")]
internal sealed record AppendResponse([property: Id(0)] long FirstId);
