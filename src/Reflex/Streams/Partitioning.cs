using System.IO.Hashing;
using Reflex.Events;

namespace Reflex.Streams;

/// <summary>Which partition of a stream holds the events of an entity.</summary>
/// <remarks>
/// The rule never changes, since the order of an entity's events depends on it: XXH64 with seed 0 of the foreign id's UTF-8
/// bytes, as an unsigned number, modulo the partition count.
/// </remarks>
public static class Partitioning
{
    private const string What = "A foreign id";

    /// <summary>The partition of an entity.</summary>
    /// <param name="foreignId">The entity.</param>
    /// <param name="partitions">The stream's partition count, at least 1.</param>
    /// <returns>0 to <paramref name="partitions"/> - 1.</returns>
    /// <exception cref="ArgumentException">The foreign id is no text: it holds half a surrogate pair.</exception>
    public static int PartitionOf(string foreignId, int partitions)
    {
        ArgumentNullException.ThrowIfNull(foreignId);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        if (partitions == 1 && !foreignId.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return 0;
        }

        Span<byte> utf8 = stackalloc byte[NewEvent.MaxForeignIdBytes];
        return Utf8Text.TryEncode(foreignId, utf8, out var length, What, nameof(foreignId))
            ? (int)(XxHash64.HashToUInt64(utf8[..length]) % (uint)partitions)
            : (int)(XxHash64.HashToUInt64(Utf8Text.Encode(foreignId, What, nameof(foreignId))) % (uint)partitions);
    }
}
