namespace Reflex.Cluster.Tests.Load;

/// <summary>How long it took until all went on.</summary>
/// <param name="Appends">Until every appender had appended.</param>
/// <param name="Reads">Until every reader had seen the first event that was appended in its partition.</param>
/// <param name="Consumers">Until every consumer had handled that.</param>
/// <param name="Last">Who went on last.</param>
internal readonly record struct ProgressTimes(TimeSpan Appends, TimeSpan Reads, TimeSpan Consumers, string Last)
{
    public TimeSpan All => TimeSpan.FromTicks(Math.Max(Appends.Ticks, Math.Max(Reads.Ticks, Consumers.Ticks)));
}
