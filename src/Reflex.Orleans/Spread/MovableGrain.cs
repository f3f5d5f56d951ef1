using Orleans.Runtime.Placement;
using Reflex.Streams;

namespace Reflex.Orleans.Spread;

/// <summary>A partition or a consumer that is active in this silo and can go on in another one.</summary>
/// <param name="context">Its activation.</param>
/// <param name="kind">What it is.</param>
/// <param name="partition">The partition that it owns or reads.</param>
internal sealed class MovableGrain(IGrainContext context, MovableKind kind, PartitionId partition)
{
    public MovableKind Kind => kind;

    public PartitionId Partition => partition;

    /// <summary>Those that can run on the same silos have the same.</summary>
    public string Group { get; init; } = "";

    /// <summary>Whether a silo can run it.</summary>
    public Func<SiloAddress, bool> CanRunOn { get; init; } = _ => true;

    /// <summary>
    /// Brings it to a point where it can go without being interrupted, unless that takes too long; answers whether it is there.
    /// </summary>
    public Func<Task<bool>> EndsAsync { get; init; } = () => Task.FromResult(true);

    /// <summary>Has it go on in another silo when its calls have ended; ends when it is gone from here.</summary>
    /// <remarks>
    /// What is called meanwhile waits, and goes after it. It closes before the other activation is made, so that this one's log is closed
    /// when that one opens it. Where it comes to nothing, as when the other silo ends, the next call places it anew. Thread-safe.
    /// </remarks>
    public Task MoveAsync(SiloAddress silo)
    {
        context.Migrate(new Dictionary<string, object> { [IPlacementDirector.PlacementHintKey] = silo });
        return context.Deactivated;
    }
}
