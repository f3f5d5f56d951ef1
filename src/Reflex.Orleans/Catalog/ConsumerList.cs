using System.Collections.Immutable;

namespace Reflex.Orleans.Catalog;

/// <summary>All consumers, ordered by stream and name. Within a silo it travels by reference.</summary>
[GenerateSerializer, Immutable, Alias("reflex.ConsumerList")]
internal sealed record ConsumerList([property: Id(0)] ImmutableArray<ConsumerEntry> Consumers);
