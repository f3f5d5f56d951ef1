namespace Reflex.Orleans.Consumers;

/// <summary>What is stored of a consumer on a partition. Never changed, only replaced: a write may be under way.</summary>
[GenerateSerializer, Immutable, Alias("reflex.ConsumerRecord")]
internal sealed class ConsumerRecord
{
    /// <summary>The last event that it handled; null when it has handled none.</summary>
    [Id(0)]
    public long? Cursor { get; init; }

    /// <summary>Whether somebody stopped it.</summary>
    [Id(1)]
    public bool IsStopped { get; init; }

    /// <summary>The session that holds it, when its logic runs outside the cluster; null when none does.</summary>
    [Id(2)]
    public Guid? Session { get; init; }

    /// <summary>The epoch of the event that it handled last; 0 when it isn't known.</summary>
    [Id(3)]
    public long Epoch { get; init; }

    /// <summary>The highest number that a session, or a change without one, has had; 0 when there was none.</summary>
    [Id(4)]
    public long Sessions { get; init; }

    /// <summary>Which activation has stored it, by a number of its own; 0 when it isn't known.</summary>
    [Id(5)]
    public int Writer { get; init; }
}
