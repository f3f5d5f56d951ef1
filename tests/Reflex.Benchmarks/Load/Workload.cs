using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Reflex.Events;

namespace Reflex.Benchmarks.Load;

/// <summary>The events of every scenario: an integer type, a foreign id like user-123456, 100 bytes of metadata.</summary>
internal static class Workload
{
    private const int Entities = 1_000;
    private const int MetadataBytes = 100;

    // By BATCH.md.
    private const int RecordHeader = 20;

    private static readonly string[] ForeignIds = [.. Enumerable.Range(123_000, Entities).Select(i => $"user-{i}")];
    private static readonly byte[][] ForeignIdBytes = [.. ForeignIds.Select(Encoding.UTF8.GetBytes)];
    private static readonly byte[] Metadata = [.. Enumerable.Range(0, MetadataBytes).Select(i => (byte)('a' + (i % 26)))];

    /// <summary>What an event takes in a batch, in bytes: a record's header, a foreign id, and the metadata.</summary>
    public static int Size => RecordHeader + ForeignIdBytes[0].Length + MetadataBytes;

    public static NewEvent Event(long i) => new(Type(i), ForeignIds[i % Entities]) { Metadata = Metadata };

    /// <summary>An event that carries when it was meant to be appended, by this machine's monotonic clock.</summary>
    public static NewEvent StampedEvent(long i, long intended)
    {
        var metadata = (byte[])Metadata.Clone();
        MemoryMarshal.Write(metadata, in intended);
        return Event(i) with { Metadata = metadata };
    }

    /// <summary>How long ago a stamped event was meant to be appended.</summary>
    public static TimeSpan Age(ReadOnlySpan<byte> metadata) => Stopwatch.GetElapsedTime(MemoryMarshal.Read<long>(metadata));

    /// <summary>Whether what came is the event of that number.</summary>
    public static bool Is(long i, int type, ReadOnlySpan<byte> foreignId, ReadOnlySpan<byte> metadata) =>
        type == Type(i) && metadata.Length == MetadataBytes && foreignId.SequenceEqual(ForeignIdBytes[i % Entities]);

    private static int Type(long i) => (int)i & 0xff;
}
