namespace Reflex.Orleans.Catalog;

/// <summary>A consumer that is to run on each partition of its stream.</summary>
[GenerateSerializer, Immutable, Alias("reflex.RunnableConsumer")]
internal sealed record RunnableConsumer([property: Id(0)] ConsumerEntry Consumer, [property: Id(1)] int Partitions);
