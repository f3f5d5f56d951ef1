using System.Collections.Immutable;

namespace Reflex.Orleans.Catalog;

/// <summary>Streams, ordered by name. Within a silo all of them travel by reference.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StreamList")]
internal sealed record StreamList([property: Id(0)] ImmutableArray<StreamEntry> Streams);
