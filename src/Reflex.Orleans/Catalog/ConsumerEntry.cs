using Reflex.Consumers;

namespace Reflex.Orleans.Catalog;

/// <summary>A registered consumer and the type of its grains.</summary>
[GenerateSerializer, Immutable, Alias("reflex.ConsumerEntry")]
internal sealed record ConsumerEntry(
    [property: Id(0)] string Stream,
    [property: Id(1)] string Name,
    [property: Id(2)] string GrainType)
{
    public ConsumerId ToId() => new(Stream, Name);
}
