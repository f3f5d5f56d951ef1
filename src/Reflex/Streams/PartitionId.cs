using System.Globalization;
using Reflex.Cursors;

namespace Reflex.Streams;

/// <summary>One partition of a stream, written <c>orders/3</c>.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Index">The partition's number in it, from 0.</param>
public readonly record struct PartitionId(StreamName Stream, int Index)
{
    /// <summary>Reads the text form.</summary>
    /// <param name="text">A stream's name, a slash, and a number from 0 to 1023.</param>
    /// <returns>The partition.</returns>
    /// <exception cref="FormatException">The text names no partition.</exception>
    public static PartitionId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.LastIndexOf('/');
        return slash > 0
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < Cursor.MaxPartitions
            ? new PartitionId(StreamName.Parse(text[..slash]), index)
            : throw new FormatException($"'{text}' is not a partition: expected a stream's name, a slash and a number such as orders/3.");
    }

    /// <summary>The partition that the facts of an error name; the first one when they name none.</summary>
    internal static PartitionId In(ErrorFacts facts) => new(StreamName.In(facts), facts.Amount("partition"));

    /// <summary>The facts by which an error names this partition.</summary>
    internal ErrorFacts ToFacts() => ErrorFacts.None.With("stream", Stream.Value).With("partition", Index);

    /// <summary>The text form.</summary>
    /// <returns>Stream and number, joined by a slash.</returns>
    public override string ToString() => $"{Stream}/{Index.ToString(CultureInfo.InvariantCulture)}";
}
