namespace Reflex.Cluster.Tests.Cluster;

/// <summary>All lives of all silos.</summary>
/// <param name="folder">Where their files are.</param>
internal sealed class SiloLives(string folder)
{
    private readonly Lock _lock = new();
    private readonly List<SiloLife> _lives = [];

    public IReadOnlyList<SiloLife> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _lives];
            }
        }
    }

    public SiloLife Begin(int slot)
    {
        lock (_lock)
        {
            var number = _lives.Count;
            var name = $"silo-{slot}-{number}";
            var life = new SiloLife(number, name, Path.Combine(folder, $"{name}.ledger"), Path.Combine(folder, $"{name}.log"));
            _lives.Add(life);
            return life;
        }
    }
}
