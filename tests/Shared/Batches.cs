using System.Buffers.Binary;
using CsCheck;
using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Tests.Shared;

/// <summary>Makes events and batches.</summary>
internal static class Batches
{
    public static Gen<NewEvent> GenNewEvent { get; } = Gen.Select(
        Gen.Int,
        Gen.String[Gen.Char["abc123-üé語"], 0, 20],
        Gen.Byte.Array[0, 60],
        Gen.Byte.Array[0, 8],
        Gen.Long[DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks],
        (type, foreignId, metadata, trace, ticks) => new NewEvent(type, foreignId)
        {
            Metadata = metadata,
            Trace = trace,
            Timestamp = new DateTimeOffset(ticks, TimeSpan.Zero),
        });

    public static Gen<string?> GenKey { get; } = Gen.Select(
        Gen.Bool, Gen.String[Gen.Char["abc123-:üé語"], 1, 80], (hasKey, key) => hasKey ? key : null);

    /// <summary>One append of some events, each with a foreign id that counts from <paramref name="first"/>.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Append(int count = 1, int first = 1, int metadataBytes = 0)
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        for (var i = 0; i < count; i++)
        {
            builder.Add(new NewEvent(1, $"{first + i}") { Metadata = new byte[metadataBytes] });
        }

        return builder.Build();
    }

    public static IReadOnlyList<ReadOnlyMemory<byte>> Append(IEnumerable<NewEvent> events)
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        foreach (var e in events)
        {
            builder.Add(e);
        }

        return builder.Build();
    }

    /// <summary>The batches of an append with their ids, as their owner would give them.</summary>
    public static List<EventBatch> Seal(IEnumerable<ReadOnlyMemory<byte>> append, long baseId = 1)
    {
        var head = new EventId(baseId - 1);
        var batches = new List<EventBatch>();
        foreach (var bytes in append)
        {
            var batch = EventBatch.FromProducer(bytes);
            var next = batches.Count == 0 ? head.Next : batches[^1].LastId.Next;
            batch.Seal(next, 1, next.Value == 1 ? 0 : 1, head, DateTimeOffset.UnixEpoch);
            batches.Add(batch);
        }

        return batches;
    }

    /// <summary>The same batch as versions before format 2 have sealed it.</summary>
    public static EventBatch ToFormat1(EventBatch batch)
    {
        byte[] bytes = [.. batch.Bytes.Span[..56], .. batch.Bytes.Span[64..]];
        "RXB1"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(12), 56);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Compute(bytes.AsSpan(12)));
        Assert.True(EventBatch.TryReadSealed(bytes, out var former));
        return former;
    }

    public static LogPage Page(IReadOnlyList<EventBatch> batches) =>
        new([.. batches.Select(batch => batch.Bytes)], batches[0].BaseId, batches[^1].LastId);

    public static List<Event> Decode(IEnumerable<EventBatch> batches, int partition = 0)
    {
        var list = batches.ToList();
        return [.. Page(list).Events(new EventId(list[0].BaseId.Value - 1), partition)];
    }

    public static void AssertSame(NewEvent expected, Event actual)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.Equal(expected.ForeignId, actual.ForeignId);
        Assert.Equal(expected.Timestamp, actual.Timestamp);
        Assert.Equal(expected.Metadata.Span, actual.Metadata.Span);
        Assert.Equal(expected.Trace.Span, actual.Trace.Span);
    }
}
