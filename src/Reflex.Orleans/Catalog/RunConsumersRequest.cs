using System.Collections.Immutable;

namespace Reflex.Orleans.Catalog;

/// <summary>What is to run in the cluster is asked for.</summary>
/// <param name="Own">What the asking silo can run: others may not have heard of it yet.</param>
[GenerateSerializer, Immutable, Alias("reflex.RunConsumersRequest")]
internal sealed record RunConsumersRequest([property: Id(0)] ImmutableArray<ConsumerEntry> Own);
