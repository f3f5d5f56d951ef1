using Reflex.Consumers;

namespace Reflex.Orleans.Serialization;

/// <summary>A <see cref="ConsumerPartitionStatus"/> between processes.</summary>
[GenerateSerializer, Immutable, Alias("reflex.ConsumerPartitionStatus")]
public struct ConsumerPartitionStatusSurrogate
{
    /// <summary>The partition.</summary>
    [Id(0)]
    public int Partition { get; set; }

    /// <summary>The <see cref="ConsumerState"/> as a number.</summary>
    [Id(1)]
    public int State { get; set; }

    /// <summary>The error; null when there is no fault.</summary>
    [Id(2)]
    public string? Error { get; set; }

    /// <summary>The event that it is stuck on, or null.</summary>
    [Id(3)]
    public long? FaultEvent { get; set; }

    /// <summary>The attempts at it.</summary>
    [Id(4)]
    public int Attempts { get; set; }

    /// <summary>When the first of them failed.</summary>
    [Id(5)]
    public DateTimeOffset Since { get; set; }

    /// <summary>When it is tried again.</summary>
    [Id(6)]
    public DateTimeOffset NextRetry { get; set; }

    /// <summary>The cursor, or null.</summary>
    [Id(7)]
    public long? Cursor { get; set; }

    /// <summary>The partition's head.</summary>
    [Id(8)]
    public long Head { get; set; }

    /// <summary>The events still to handle.</summary>
    [Id(9)]
    public long LagEvents { get; set; }

    /// <summary>The age of the next of them.</summary>
    [Id(10)]
    public TimeSpan Lag { get; set; }
}
