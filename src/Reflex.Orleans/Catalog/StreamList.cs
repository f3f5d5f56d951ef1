using System.Collections.Immutable;

namespace Reflex.Orleans.Catalog;

/// <summary>All streams, ordered by name. Within a silo it travels by reference.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StreamList")]
internal sealed record StreamList([property: Id(0)] ImmutableArray<StreamEntry> Streams);
