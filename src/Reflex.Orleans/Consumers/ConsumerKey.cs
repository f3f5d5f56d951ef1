using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex.Orleans.Consumers;

/// <summary>The key of the grain that runs a consumer on a partition, written <c>orders/3/send-receipt</c>.</summary>
/// <remarks>
/// An application that gave its consumer grain an interface of its own reaches it with
/// <c>grainFactory.GetGrain&lt;IMyGrain&gt;(new ConsumerKey(partition, name).ToString())</c>.
/// </remarks>
/// <param name="Partition">The partition that it runs on.</param>
/// <param name="Consumer">The consumer's name.</param>
public readonly record struct ConsumerKey(PartitionId Partition, ConsumerName Consumer)
{
    /// <summary>The consumer on all partitions.</summary>
    public ConsumerId ConsumerId => new(Partition.Stream, Consumer);

    /// <summary>Reads the text form.</summary>
    /// <param name="text">A stream's name, a partition's number and a consumer's name, joined by slashes.</param>
    /// <returns>The key.</returns>
    /// <exception cref="FormatException">The text is no such key.</exception>
    public static ConsumerKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.LastIndexOf('/');
        return slash > 0
            ? new ConsumerKey(PartitionId.Parse(text[..slash]), ConsumerName.Parse(text[(slash + 1)..]))
            : throw new FormatException(
                $"'{text}' is not the key of a consumer grain: expected stream, partition and consumer such as orders/3/send-receipt.");
    }

    /// <summary>Reads the text form; null when the text is no such key.</summary>
    internal static ConsumerKey? TryParse(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The text form.</summary>
    /// <returns>Stream, partition and consumer, joined by slashes.</returns>
    public override string ToString() => $"{Partition}/{Consumer}";
}
