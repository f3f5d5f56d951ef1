using Reflex.Storage;

namespace Reflex.Benchmarks.Silo;

/// <summary>What a measured silo has in it.</summary>
internal sealed record SiloPlan
{
    public const string MemoryStreamProvider = "memory";

    public Durability Durability { get; init; } = Durability.Flushed;

    public IReadOnlyList<StreamPlan> Streams { get; init; } = [];

    /// <summary>Where its PostgreSQL is; null for the embedded log and state.</summary>
    public string? Postgres { get; init; }

    /// <summary>Whether it has Orleans' memory streams, which are measured as a peer.</summary>
    public bool HasMemoryStreams { get; init; }

    /// <summary>Whether it serves gRPC, and beside it the bare service that this is compared with.</summary>
    public bool ServesGrpc { get; init; }
}
