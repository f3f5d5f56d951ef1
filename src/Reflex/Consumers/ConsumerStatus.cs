namespace Reflex.Consumers;

/// <summary>A consumer and how far it is.</summary>
/// <param name="Id">The consumer.</param>
/// <param name="Partitions">Its part on each partition of the stream, in their order.</param>
public sealed record ConsumerStatus(ConsumerId Id, IReadOnlyList<ConsumerPartitionStatus> Partitions)
{
    /// <summary>Unregistered when any part is; else stuck when any part is; else stopped when any part is; else running.</summary>
    public ConsumerState State =>
        Partitions.Any(p => p.State == ConsumerState.Unregistered) ? ConsumerState.Unregistered
        : Partitions.Any(p => p.State == ConsumerState.Stuck) ? ConsumerState.Stuck
        : Partitions.Any(p => p.State == ConsumerState.Stopped) ? ConsumerState.Stopped
        : ConsumerState.Running;

    /// <summary>How many events all parts have still to handle.</summary>
    public long LagEvents => Partitions.Sum(p => p.LagEvents);

    /// <summary>The longest lag of a part.</summary>
    public TimeSpan Lag => Partitions.Count == 0 ? TimeSpan.Zero : Partitions.Max(p => p.Lag);
}
