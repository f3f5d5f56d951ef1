using Reflex.Consumers;
using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.Upkeep;

/// <summary>A consumer's part on a partition that this silo looks after.</summary>
internal sealed class WatchedPart(ConsumerId consumer, int partition, IConsumerGrain grain)
{
    public ConsumerId Consumer => consumer;

    public int Partition => partition;

    public IConsumerGrain Grain => grain;

    /// <summary>Where it ran when it last answered; null when it hasn't yet, or the last call has failed.</summary>
    public SiloAddress? Silo { get; set; }

    /// <summary>Whether a call is under way: there is never more than one.</summary>
    public bool IsCalled { get; set; }

    /// <summary>Whether the last call has failed.</summary>
    public bool HasFailed { get; set; }

    /// <summary>Whether the last call wasn't answered in its time, so that the next one may hang too.</summary>
    public bool Hangs { get; set; }
}
