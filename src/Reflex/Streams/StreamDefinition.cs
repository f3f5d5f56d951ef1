using Reflex.Cursors;

namespace Reflex.Streams;

/// <summary>What a stream is.</summary>
public sealed record StreamDefinition
{
    /// <summary>Defines a stream.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">Its partition count, 1 to 1024.</param>
    /// <param name="retention">How long it keeps events; null keeps them forever.</param>
    public StreamDefinition(StreamName name, int partitions = 1, Retention? retention = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, Cursor.MaxPartitions);
        if (name.IsDefault)
        {
            throw new ArgumentException("A stream needs a name.", nameof(name));
        }

        Name = name;
        Partitions = partitions;
        Retention = retention ?? Retention.Forever;
    }

    /// <summary>The stream's name.</summary>
    public StreamName Name { get; }

    /// <summary>The partition count. It can't change: an entity's events would no longer be in one order.</summary>
    public int Partitions { get; }

    /// <summary>How long it keeps events.</summary>
    public Retention Retention { get; }

    /// <summary>
    /// In a definition that is asked for: whether a stream that there is stays as it is, whatever its retention; a new one gets
    /// <see cref="Retention"/>.
    /// </summary>
    public bool KeepsStoredRetention { get; init; }
}
