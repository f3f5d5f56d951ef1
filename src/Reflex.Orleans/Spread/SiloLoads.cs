namespace Reflex.Orleans.Spread;

/// <summary>What this silo knows of the silos' loads: what was counted last, and what it has placed itself since. Thread-safe.</summary>
internal sealed class SiloLoads
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(MovableKind Kind, SiloAddress Silo), int> _counts = [];

    /// <summary>Takes what was counted.</summary>
    public void Update(IEnumerable<SiloLoad> loads)
    {
        lock (_lock)
        {
            _counts.Clear();
            foreach (var load in loads)
            {
                foreach (var kind in Enum.GetValues<MovableKind>())
                {
                    _counts[(kind, load.Silo)] = load.Of(kind);
                }
            }
        }
    }

    /// <summary>Chooses the silo with the fewest, any of them if there are several, and counts one more there.</summary>
    public SiloAddress TakeLeast(MovableKind kind, IReadOnlyList<SiloAddress> silos)
    {
        lock (_lock)
        {
            var usual = Usual_NeedsLock(kind, silos);
            foreach (var silo in silos)
            {
                _counts.TryAdd((kind, silo), usual);
            }

            var start = Random.Shared.Next(silos.Count);
            var least = Enumerable.Range(0, silos.Count)
                .Select(i => silos[(start + i) % silos.Count])
                .MinBy(silo => _counts[(kind, silo)])!;
            _counts[(kind, least)]++;
            return least;
        }
    }

    /// <summary>
    /// What a silo is taken to have that nobody has counted: it has just come, and gets its share, or its version doesn't count, and
    /// mustn't get everything.
    /// </summary>
    private int Usual_NeedsLock(MovableKind kind, IReadOnlyList<SiloAddress> silos)
    {
        var known = silos.Where(silo => _counts.ContainsKey((kind, silo))).Select(silo => _counts[(kind, silo)]).ToList();
        return known.Count > 0 ? (int)known.Average() : 0;
    }
}
