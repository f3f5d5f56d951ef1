namespace Reflex.Cluster.Tests.Cluster;

/// <summary>What is kept of one life of a silo.</summary>
/// <param name="Number">Its number among all lives of all silos.</param>
/// <param name="Name">For people: silo and life.</param>
/// <param name="Ledger">The file for what its consumers handled.</param>
/// <param name="Printed">The file for what it printed.</param>
internal sealed record SiloLife(int Number, string Name, string Ledger, string Printed)
{
    public SiloEnding Ending { get; set; }

    /// <summary>When it ended, by <see cref="Clock"/>; 0 while it hasn't.</summary>
    public long EndedAt { get; set; }
}
