using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Testing.Conformance;

/// <summary>Makes batches as a partition seals them, by BATCH.md.</summary>
internal static class SealedBatches
{
    private const int ChecksumOffset = 8;
    private const int CheckedOffset = 12;
    private const int FlagsOffset = 14;
    private const int BaseIdOffset = 24;
    private const int EpochOffset = 32;
    private const int DurableIdOffset = 40;
    private const int AppendedAtOffset = 48;
    private const int PreviousEpochOffset = 56;
    private const int RecordHeaderSize = 20;

    /// <summary>The time of the first append, so that no clock matters.</summary>
    public static DateTimeOffset Start { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The batches of one append that continues a log.</summary>
    public static EventBatch[] Append(
        IEventLog log, int events = 1, int batches = 1, int metadataBytes = 20, DateTimeOffset? at = null)
    {
        var made = new EventBatch[batches];
        var head = log.Bounds.Head;
        var next = head.Next;
        var previousEpoch = log.Bounds.HeadEpoch;
        for (var i = 0; i < batches; i++)
        {
            made[i] = Make(next, log.Epoch, head, events, metadataBytes, at, moreFollows: i < batches - 1, previousEpoch);
            next = made[i].LastId.Next;
            previousEpoch = log.Epoch;
        }

        return made;
    }

    /// <summary>
    /// A batch whose events' bytes depend on their ids, so that none can pass for another; without a previous epoch it continues events
    /// of its own epoch, or none.
    /// </summary>
    public static EventBatch Make(
        EventId baseId,
        long epoch,
        EventId durable,
        int events = 1,
        int metadataBytes = 20,
        DateTimeOffset? at = null,
        bool moreFollows = false,
        long? previousEpoch = null)
    {
        var bytes = Build(baseId, events, metadataBytes);
        if (moreFollows)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(FlagsOffset), 1);
        }

        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(BaseIdOffset), baseId.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(EpochOffset), epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(DurableIdOffset), durable.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(AppendedAtOffset), ((at ?? Start) - DateTimeOffset.UnixEpoch).Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(
            bytes.AsSpan(PreviousEpochOffset), previousEpoch ?? (baseId.Value > 1 ? epoch : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32C.Compute(bytes.AsSpan(CheckedOffset)));
        return EventBatch.TryReadSealed(bytes, out var batch)
            ? batch
            : throw new InvalidOperationException($"A batch of {events} events with base id {baseId} was sealed wrongly.");
    }

    /// <summary>A batch of one event that is exactly so large, in bytes.</summary>
    public static EventBatch MakeOfSize(int size, EventId baseId, long epoch, EventId durable, bool moreFollows = false) =>
        Make(
            baseId, epoch, durable, 1, size - EventBatch.HeaderSize - RecordHeaderSize - NameOf(baseId.Value).Length, null, moreFollows);

    /// <summary>A batch that no owner has sealed.</summary>
    public static EventBatch MakeUnsealed() => EventBatch.FromProducer(Build(new EventId(1), events: 1, metadataBytes: 20));

    /// <summary>The same batch, with a key for every second event.</summary>
    public static EventBatch WithKeys(EventBatch batch)
    {
        var bytes = KeyedAndPicked.WithKeys(batch.Bytes, place => place % 2 == 0 ? $"key of {batch.BaseId.Value + place}" : null);
        return EventBatch.TryReadSealed(bytes, out var keyed)
            ? keyed
            : throw new InvalidOperationException($"The batch of event {batch.BaseId} got keys wrongly.");
    }

    /// <summary>The batch as a page has it whose reader wants its last event only.</summary>
    public static EventBatch PickLast(EventBatch batch) =>
        new LogPage([KeyedAndPicked.Pick(batch.Bytes, place => place == batch.Count - 1)], batch.BaseId, batch.LastId).Batches().Single();

    public static EventBatch Copy(EventBatch batch) => EventBatch.TryReadSealed(batch.Bytes.ToArray(), out var copy)
        ? copy
        : throw new ConformanceException($"expected the batch of event {batch.BaseId} to stay as it was; its bytes have changed.");

    /// <summary>Does to a buffer what its owner may do when the log doesn't need it any more.</summary>
    public static void Poison(EventBatch batch) => MemoryMarshal.AsMemory(batch.Bytes).Span.Fill(0xDB);

    private static byte[] Build(EventId baseId, int events, int metadataBytes)
    {
        var builder = new EventBatchBuilder(TimeProvider.System, EventBatch.MaxSize - EventBatch.HeaderSize);
        for (var id = baseId.Value; id < baseId.Value + events; id++)
        {
            var metadata = new byte[metadataBytes];
            new Random(unchecked((int)id)).NextBytes(metadata);
            builder.Add(new NewEvent(new EventType(unchecked((int)id)), NameOf(id)) { Metadata = metadata, Timestamp = Start });
        }

        return builder.Build().Single().ToArray();
    }

    private static string NameOf(long id) => id.ToString(CultureInfo.InvariantCulture);
}
