using System.Collections.Immutable;
using Reflex.Consumers;

namespace Reflex.Orleans.Sessions;

/// <summary>How far a consumer is, partition by partition in the order that was asked for.</summary>
[GenerateSerializer, Immutable, Alias("reflex.PartStatuses")]
internal sealed record PartStatuses([property: Id(0)] ImmutableArray<ConsumerPartitionStatus> Parts);
