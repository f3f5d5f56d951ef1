using System.Collections.Immutable;

namespace Reflex.Orleans.Catalog;

/// <summary>What is to run in the cluster, and what is to go.</summary>
/// <param name="Consumers">The consumers whose streams are defined.</param>
/// <param name="Waiting">Those of the asking silo whose streams aren't.</param>
/// <param name="Unfinished">What was begun to be deleted or removed, and hasn't ended.</param>
[GenerateSerializer, Immutable, Alias("reflex.RunConsumersResponse")]
internal sealed record RunConsumersResponse(
    [property: Id(0)] ImmutableArray<RunnableConsumer> Consumers,
    [property: Id(1)] ImmutableArray<ConsumerEntry> Waiting,
    [property: Id(2)] ImmutableArray<UnfinishedRemoval> Unfinished);
