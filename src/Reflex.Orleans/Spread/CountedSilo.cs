namespace Reflex.Orleans.Spread;

/// <summary>A silo's load, and how many of its consumers each other silo could run.</summary>
internal sealed record CountedSilo(SiloLoad Load, IReadOnlyDictionary<SiloAddress, int> Movable)
{
    public SiloAddress Address => Load.Silo;

    public static CountedSilo Of(CountResponse count) =>
        new(count.Load, count.Movable.ToDictionary(movable => movable.To, movable => movable.Count));

    /// <summary>How many of a kind can go to another silo, each of them at least to this one.</summary>
    public int CanGive(MovableKind kind, SiloAddress to) => kind == MovableKind.Partition ? Load.Partitions : Movable.GetValueOrDefault(to);
}
