using Reflex.Streams;

namespace Reflex.Orleans.Serialization;

/// <summary>A <see cref="StreamDefinition"/> between processes and in the catalog's state.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StreamDefinition")]
public struct StreamDefinitionSurrogate
{
    /// <summary>The stream's name.</summary>
    [Id(0)]
    public string Name { get; set; }

    /// <summary>Its partition count.</summary>
    [Id(1)]
    public int Partitions { get; set; }

    /// <summary>The age at which its events go, or null.</summary>
    [Id(2)]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>The size in bytes that a partition is cut down to, or null.</summary>
    [Id(3)]
    public long? MaxBytes { get; set; }
}
