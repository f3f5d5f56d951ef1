using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Reflex.Events;
using Reflex.Testing.Conformance;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>Seals batches as a partition does, by BATCH.md.</summary>
internal static class TestBatch
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The batches of one append, whose events follow the log's head.</summary>
    public static IReadOnlyList<EventBatch> Append(
        IEventLog log, int events = 1, int metadataSize = 20, DateTimeOffset? at = null, int batches = 1)
    {
        var sealedBatches = new List<EventBatch>();
        var head = log.Bounds.Head;
        var next = head.Next;
        for (var i = 0; i < batches; i++)
        {
            var before = i == 0 ? log.Bounds.HeadEpoch : log.Epoch;
            var batch = Seal(next, events, metadataSize, log.Epoch, head, at ?? Start, i < batches - 1, before);
            sealedBatches.Add(batch);
            next = batch.LastId.Next;
        }

        return sealedBatches;
    }

    /// <summary>
    /// A batch whose events say their own ids, so that a reader can tell them. Without a previous epoch it continues events of its own.
    /// </summary>
    public static EventBatch Seal(
        EventId baseId,
        int events,
        int metadataSize,
        long epoch,
        EventId durable,
        DateTimeOffset at,
        bool moreFollows = false,
        long? previousEpoch = null)
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        for (var i = 0; i < events; i++)
        {
            var id = baseId.Value + i;
            var metadata = new byte[metadataSize];
            new Random((int)id).NextBytes(metadata);
            builder.Add(new NewEvent(new EventType((int)id), $"entity-{id}") { Metadata = metadata, Timestamp = TestBatch.Start });
        }

        var bytes = MemoryMarshal.AsMemory(builder.Build().Single()).Span;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], moreFollows ? (ushort)1 : (ushort)0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], baseId.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], durable.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], (at - DateTimeOffset.UnixEpoch).Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[56..], previousEpoch ?? (baseId.Value > 1 ? epoch : 0));
        return Read(bytes.ToArray());
    }

    /// <summary>The same batch, with a key for every second event.</summary>
    public static EventBatch WithKeys(EventBatch batch) =>
        Read(KeyedAndPicked.WithKeys(batch.Bytes, place => place % 2 == 0 ? $"key-{batch.BaseId.Value + place}" : null));

    /// <summary>The same batch as versions before format 2 have sealed it.</summary>
    public static EventBatch ToFormat1(EventBatch batch)
    {
        byte[] bytes = [.. batch.Bytes.Span[..56], .. batch.Bytes.Span[64..]];
        "RXB1"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(12), 56);
        return Read(bytes);
    }

    private static EventBatch Read(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Compute(bytes.AsSpan(12)));
        Assert.True(EventBatch.TryReadSealed(bytes, out var batch));
        return batch;
    }
}
