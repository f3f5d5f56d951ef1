using Reflex.Storage;

namespace Reflex.Benchmarks.Silo;

/// <summary>What a measured silo has in it.</summary>
internal sealed record SiloPlan
{
    public const string MemoryStreamProvider = "memory";

    public Durability Durability { get; init; } = Durability.Flushed;

    public IReadOnlyList<StreamPlan> Streams { get; init; } = [];

    /// <summary>Where its PostgreSQL is, on which several are a cluster; null for the embedded log and state, and a silo alone.</summary>
    public string? Postgres { get; init; }

    /// <summary>How many partitions the stream <see cref="MeasuredStreams.Moved"/> has; 0 leaves it out.</summary>
    public int MovedPartitions { get; init; }

    /// <summary>Whether it has Orleans' memory streams, which are measured as a peer.</summary>
    public bool HasMemoryStreams { get; init; }

    /// <summary>Whether it serves gRPC, and beside it the bare service that this is compared with.</summary>
    public bool ServesGrpc { get; init; }
}
