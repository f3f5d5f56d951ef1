using System.Collections.Immutable;
using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.Sessions;

/// <summary>How far a consumer is, partition by partition in the order that was asked for.</summary>
[GenerateSerializer, Immutable, Alias("reflex.PartStatuses")]
internal sealed record PartStatuses([property: Id(0)] ImmutableArray<PartStatus> Parts);
