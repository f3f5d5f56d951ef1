using System.Collections.Immutable;

namespace Reflex.Orleans.Sessions;

/// <summary>What is stored of a consumer, partition by partition in the order that was asked for.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StoredParts")]
internal sealed record StoredParts([property: Id(0)] ImmutableArray<StoredPart> Parts);
