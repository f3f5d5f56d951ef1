using System.Collections.Immutable;

namespace Reflex.Orleans.Spread;

/// <summary>Decides what goes where.</summary>
/// <remarks>
/// It begins only where the silos differ by more than may be, and goes on until no move makes them more equal. Each move takes from one
/// that has at least two more than the other, so that the next plan can't undo it.
/// </remarks>
internal static class SpreadPlanner
{
    /// <summary>How many of each kind one silo gives away in a batch; the next one is planned by what there is then.</summary>
    public const int MostOfABatch = 64;

    private const int AllowedDifference = 2;
    private const double AllowedShare = 0.1;

    /// <summary>What each silo is to give away; nothing when all is even enough.</summary>
    public static IReadOnlyDictionary<SiloAddress, ImmutableArray<MoveOrder>> Plan(IReadOnlyList<CountedSilo> silos)
    {
        var partitions = PlanKind(MovableKind.Partition, silos);
        var consumers = PlanKind(MovableKind.Consumer, silos);
        return partitions.Keys.Union(consumers.Keys)
            .GroupBy(move => move.From)
            .ToDictionary(
                from => from.Key,
                from => from
                    .Select(move => new MoveOrder(move.To, partitions.GetValueOrDefault(move), consumers.GetValueOrDefault(move)))
                    .ToImmutableArray());
    }

    private static Dictionary<(SiloAddress From, SiloAddress To), int> PlanKind(MovableKind kind, IReadOnlyList<CountedSilo> silos)
    {
        var counts = silos.ToDictionary(silo => silo.Address, silo => silo.Load.Of(kind));
        var moves = new Dictionary<(SiloAddress From, SiloAddress To), int>();
        if (!AreUneven(counts.Values))
        {
            return moves;
        }

        var given = silos.ToDictionary(silo => silo.Address, _ => 0);
        while (FindMove() is { } move)
        {
            counts[move.From]--;
            counts[move.To]++;
            given[move.From]++;
            moves[move] = moves.GetValueOrDefault(move) + 1;
        }

        return moves;

        // The one between those that differ most.
        (SiloAddress From, SiloAddress To)? FindMove() => (
            from giver in silos
            where given[giver.Address] < MostOfABatch
            from taker in silos
            let difference = counts[giver.Address] - counts[taker.Address]
            where difference >= 2 && moves.GetValueOrDefault((giver.Address, taker.Address)) < giver.CanGive(kind, taker.Address)
            orderby difference descending
            select ((SiloAddress From, SiloAddress To)?)(giver.Address, taker.Address)).FirstOrDefault();
    }

    private static bool AreUneven(IReadOnlyCollection<int> counts) =>
        counts.Max() - counts.Min() > Math.Max(AllowedDifference, counts.Average() * AllowedShare);
}
