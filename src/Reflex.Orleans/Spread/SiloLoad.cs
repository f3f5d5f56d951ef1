namespace Reflex.Orleans.Spread;

/// <summary>How many partitions and consumers a silo has.</summary>
[GenerateSerializer, Immutable, Alias("reflex.SiloLoad")]
internal sealed record SiloLoad([property: Id(0)] SiloAddress Silo, [property: Id(1)] int Partitions, [property: Id(2)] int Consumers)
{
    public int Of(MovableKind kind) => kind == MovableKind.Partition ? Partitions : Consumers;
}
