namespace Reflex.Cluster.Tests.Faults;

/// <summary>Which faults come, in which order: each kind once before any comes again.</summary>
internal sealed class FaultPlan
{
    private readonly Random _random;
    private readonly IFault[] _faults;
    private readonly Queue<IFault> _next = new();

    /// <param name="random">What decides.</param>
    /// <param name="clock">The file of libfaketime; null leaves clocks alone.</param>
    /// <param name="kinds">The only kinds that come; empty for all.</param>
    public FaultPlan(Random random, string? clock, IReadOnlyCollection<FaultKind> kinds)
    {
        _random = random;
        IFault[] all =
        [
            new SiloKill(),
            new SiloFreeze(),
            new SiloStop(),
            new AllKill(moves: false),
            new AllKill(moves: true),
            new PostgresRestart(kills: false),
            new PostgresRestart(kills: true),
            new ConnectionsEnd(),
            new SiloCut(FaultKind.CutFromSilos),
            new SiloCut(FaultKind.CutFromPostgres),
            new SiloCut(FaultKind.CutOff),
            .. clock is null ? Array.Empty<IFault>() : [new ClockChange(clock)],
        ];
        _faults = [.. all.Where(fault => kinds.Count == 0 || kinds.Contains(fault.Kind))];
    }

    public IFault Next()
    {
        if (_next.Count == 0)
        {
            var shuffled = _faults.ToArray();
            _random.Shuffle(shuffled);
            Array.ForEach(shuffled, _next.Enqueue);
        }

        return _next.Dequeue();
    }
}
