using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>Events that are stored together, as the block of bytes that <c>BATCH.md</c> describes.</summary>
/// <remarks>A view: it holds no copy. The bytes never change after the batch is sealed.</remarks>
public readonly struct EventBatch
{
    /// <summary>The size of the header that this version writes, in bytes.</summary>
    public const int HeaderSize = 64;

    /// <summary>The size of the smallest header that this version reads, that of format 1, in bytes.</summary>
    public const int MinHeaderSize = 56;

    /// <summary>The largest batch, in bytes. More events of one append go into more batches.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private const uint MagicOfFormat1 = 0x31425852; // "RXB1"
    private const uint MagicOfFormat2 = 0x32425852; // "RXB2"
    private const int SizeOffset = 4;
    private const int ChecksumOffset = 8;
    private const int CheckedOffset = 12;
    private const int HeaderSizeOffset = 12;
    private const int FlagsOffset = 14;
    private const int CountOffset = 16;
    private const int PickedFromOffset = 20;
    private const int BaseIdOffset = 24;
    private const int EpochOffset = 32;
    private const int DurableIdOffset = 40;
    private const int AppendedAtOffset = 48;
    private const int PreviousEpochOffset = 56;
    private const ushort MoreFollowsFlag = 1;

    // So that no id of the batch is beyond what a number holds.
    private const long MaxBaseId = long.MaxValue - int.MaxValue;
    private const ushort KeysFlag = 2;
    private const ushort PickedFlag = 4;
    private const ushort KnownFlags = MoreFollowsFlag | KeysFlag | PickedFlag;

    private EventBatch(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The first bytes of every batch, of any format; the digit of the format follows them.</summary>
    public static ReadOnlySpan<byte> Magic => "RXB"u8;

    /// <summary>The whole batch, header included.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>How many events it holds; at least 1.</summary>
    public int Count => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[CountOffset..]);

    /// <summary>The id of its first event; none until it is sealed.</summary>
    public EventId BaseId => new(ReadInt64(BaseIdOffset));

    /// <summary>The id of its last event; of a picked batch that of the last event of the batch from which it was picked.</summary>
    public EventId LastId => new(ReadInt64(BaseIdOffset) + Ids - 1);

    /// <summary>The epoch of the owner that sealed it.</summary>
    public long Epoch => ReadInt64(EpochOffset);

    /// <summary>
    /// The epoch of the event before its first one, also when that is gone; 0 when there never was one. Null when it isn't known: format 1
    /// doesn't tell.
    /// </summary>
    public long? PreviousEpoch => SmallestHeader(Bytes.Span) == HeaderSize ? ReadInt64(PreviousEpochOffset) : null;

    /// <summary>The head when it was written: everything up to that id was durable then.</summary>
    public EventId DurableId => new(ReadInt64(DurableIdOffset));

    /// <summary>When it was sealed, by the owner's clock, which may have been wrong: it can be earlier than of a batch before.</summary>
    public DateTimeOffset AppendedAt => DateTimeOffset.UnixEpoch.AddTicks(ReadInt64(AppendedAtOffset));

    /// <summary>Whether the next batch belongs to the same append, so that neither may be kept without the other.</summary>
    public bool MoreFollows => (Flags & MoreFollowsFlag) != 0;

    /// <summary>Whether at least one of its events has a key.</summary>
    public bool HasKeys => (Flags & KeysFlag) != 0;

    /// <summary>
    /// Whether it holds some events of a sealed batch, for a page of a reader who wants no others. A log refuses such a one.
    /// </summary>
    public bool IsPicked => (Flags & PickedFlag) != 0;

    /// <summary>Whether the owner has given it its ids.</summary>
    public bool IsSealed => !BaseId.IsNone;

    internal ReadOnlyMemory<byte> Records => Bytes[HeaderLength..];

    internal int HeaderLength => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.Span[HeaderSizeOffset..]);

    private ushort Flags => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.Span[FlagsOffset..]);

    /// <summary>How many ids it takes, from the base id on.</summary>
    private int Ids => IsPicked ? PickedFrom : Count;

    private int PickedFrom => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[PickedFromOffset..]);

    /// <summary>Reads the batch at the start of stored bytes and verifies its checksum and that its header makes sense.</summary>
    /// <param name="source">Stored bytes; the batch is a view of them.</param>
    /// <param name="batch">What starts there; the default when nothing does.</param>
    /// <returns>False when no whole, sealed, undamaged batch starts there, or a picked one, which no log holds.</returns>
    public static bool TryReadSealed(ReadOnlyMemory<byte> source, out EventBatch batch)
    {
        batch = default;
        var size = PeekSize(source.Span);
        if (size == 0 || size > source.Length)
        {
            return false;
        }

        var found = new EventBatch(source[..size]);
        if (!found.HasPlausibleHeader() || found.IsPicked || !found.IsSealed || found.DurableId >= found.BaseId
            || BinaryPrimitives.ReadUInt32LittleEndian(source.Span[ChecksumOffset..])
                != Crc32C.Compute(source.Span[CheckedOffset..size]))
        {
            return false;
        }

        batch = found;
        return true;
    }

    /// <summary>The size of the batch whose header starts here, without verifying anything else.</summary>
    /// <param name="source">Bytes of a log or of a page; the first <see cref="MinHeaderSize"/> of the batch are needed.</param>
    /// <returns>The size in bytes; 0 when these bytes can't be the start of a batch.</returns>
    public static int PeekSize(ReadOnlySpan<byte> source)
    {
        if (source.Length < MinHeaderSize)
        {
            return 0;
        }

        var size = BinaryPrimitives.ReadInt32LittleEndian(source[SizeOffset..]);
        return SmallestHeader(source) is var smallest and not 0 && size >= smallest && size <= MaxSize ? size : 0;
    }

    /// <summary>Whether the batch whose header starts here says that it has keys, without verifying anything.</summary>
    /// <param name="source">Bytes from a producer.</param>
    /// <returns>False also when these bytes are too few.</returns>
    public static bool PeekHasKeys(ReadOnlySpan<byte> source) =>
        source.Length >= MinHeaderSize && (BinaryPrimitives.ReadUInt16LittleEndian(source[FlagsOffset..]) & KeysFlag) != 0;

    /// <summary>The traces that its events carry, for <see cref="Diagnostics.ReflexTracing"/>.</summary>
    /// <returns>The trace bytes, in the order of the events; of events one after the other that have the same, once.</returns>
    public IEnumerable<ReadOnlyMemory<byte>> Traces()
    {
        var before = ReadOnlyMemory<byte>.Empty;
        for (var records = Records; !records.IsEmpty; records = records[EventRecord.Size(records.Span)..])
        {
            var trace = EventRecord.Trace(records);
            if (!trace.IsEmpty && !trace.Span.SequenceEqual(before.Span))
            {
                yield return trace;
                before = trace;
            }
        }
    }

    /// <summary>Adds what a reader wants of it to a page of some events; see BATCH.md.</summary>
    /// <param name="blocks">
    /// The page. It gets this batch itself if all of it is wanted, nothing if none is, else batches with explicit ids.
    /// </param>
    /// <param name="filter">What the reader wants.</param>
    /// <exception cref="LogCorruptedException">It has a flag of a later version.</exception>
    public void PickTo(List<ReadOnlyMemory<byte>> blocks, EventFilter filter)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(filter);
        RequireKnownFlags();
        PickedBatch.AddTo(blocks, this, filter.Wants);
    }

    /// <summary>Takes a batch from a producer and verifies every record, but no checksum: it has none yet.</summary>
    /// <param name="bytes">Exactly one batch that is not sealed. Its owner is now the batch: sealing writes into it.</param>
    /// <returns>The batch.</returns>
    /// <exception cref="FormatException">The bytes break the format.</exception>
    public static EventBatch FromProducer(ReadOnlyMemory<byte> bytes)
    {
        var batch = new EventBatch(bytes);
        if (bytes.IsEmpty || PeekSize(bytes.Span) != bytes.Length
            || !batch.HasPlausibleHeader() || batch.IsNoProducers())
        {
            throw new FormatException($"A batch of {bytes.Length} bytes has no valid header: the producer and this version differ.");
        }

        if (batch.PreviousEpoch is null)
        {
            throw new FormatException("A batch has format 1, which this version only reads: use a producer of this version.");
        }

        if (batch.IsSealed)
        {
            throw new FormatException(
                $"A batch has been appended already, as event {batch.BaseId}: a producer builds a new one for each append.");
        }

        var records = batch.Records.Span;
        var (saysKeys, hasKeys) = (batch.HasKeys, false);
        for (var i = 0; i < batch.Count; i++)
        {
            var isKeyed = false;
            var size = saysKeys ? EventRecord.ValidateKeyed(records, out isKeyed) : EventRecord.Validate(records);
            hasKeys |= isKeyed;
            if (size == 0)
            {
                throw new FormatException(
                    $"Record {i + 1} of {batch.Count} in a batch is malformed: the producer and this version differ.");
            }

            records = records[size..];
        }

        if (!records.IsEmpty)
        {
            throw new FormatException(
                $"A batch has {records.Length} bytes after its {batch.Count} records: the producer and this version differ.");
        }

        return saysKeys == hasKeys
            ? batch
            : throw new FormatException(
                $"A batch says that it has keys, and none of its {batch.Count} records has one: the producer and this version differ.");
    }

    /// <summary>A page's batch, whose checksum its storage has verified.</summary>
    internal static EventBatch FromPage(ReadOnlyMemory<byte> bytes)
    {
        var size = PeekSize(bytes.Span);
        return size > 0 && size <= bytes.Length && new EventBatch(bytes[..size]) is var batch && batch.HasPlausibleHeader()
            ? batch
            : throw new LogCorruptedException("A page of events is malformed: the side that served it and this version differ.");
    }

    /// <summary>Refuses a batch whose records may have parts that this version doesn't know.</summary>
    /// <exception cref="LogCorruptedException">It has a flag of a later version.</exception>
    internal void RequireKnownFlags()
    {
        if ((Flags & ~KnownFlags) != 0)
        {
            throw new LogCorruptedException(
                $"The batch with event {BaseId} has flags that this version doesn't know ({Flags:x}): read it with a newer version.");
        }
    }

    /// <summary>Writes the header of a batch that a producer is building.</summary>
    internal static void WriteProducerHeader(Span<byte> batch, int count, bool moreFollows, bool hasKeys)
    {
        batch[..HeaderSize].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(batch, MagicOfFormat2);
        BinaryPrimitives.WriteInt32LittleEndian(batch[SizeOffset..], batch.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(batch[HeaderSizeOffset..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(batch[FlagsOffset..], FlagsOf(moreFollows, hasKeys));
        BinaryPrimitives.WriteInt32LittleEndian(batch[CountOffset..], count);
    }

    /// <summary>Gives the batch its ids and its checksum, in place. Once only.</summary>
    /// <param name="baseId">The id of its first event, at least 1.</param>
    /// <param name="epoch">The owner's epoch, at least 1.</param>
    /// <param name="previousEpoch">The epoch of the event before; 0 when there is none.</param>
    /// <param name="durableId">The head now, before <paramref name="baseId"/>.</param>
    /// <param name="appendedAt">The time now, by the owner's clock.</param>
    /// <exception cref="InvalidOperationException">It is sealed already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No batch has such an id or epoch; the batch is as it was.</exception>
    public void Seal(EventId baseId, long epoch, long previousEpoch, EventId durableId, DateTimeOffset appendedAt)
    {
        if (IsSealed)
        {
            throw new InvalidOperationException($"The batch is sealed already, with base id {BaseId}.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(baseId.Value, 1, nameof(baseId));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(baseId.Value, MaxBaseId, nameof(baseId));
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(previousEpoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(durableId.Value, baseId.Value, nameof(durableId));
        var bytes = MemoryMarshal.AsMemory(Bytes).Span;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[BaseIdOffset..], baseId.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[EpochOffset..], epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[DurableIdOffset..], durableId.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[AppendedAtOffset..], (appendedAt - DateTimeOffset.UnixEpoch).Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[PreviousEpochOffset..], previousEpoch);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumOffset..], Crc32C.Compute(bytes[CheckedOffset..]));
    }

    /// <summary>
    /// The batch of bytes that hold some of this batch's events, or all of them otherwise, after room for its header. It gets this one's,
    /// but for what is said here, and a checksum of its own.
    /// </summary>
    internal EventBatch Derive(byte[] bytes, int count, bool hasKeys, bool isPicked)
    {
        Bytes.Span[..HeaderLength].CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(SizeOffset), bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(FlagsOffset), FlagsOf(MoreFollows, hasKeys, isPicked));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CountOffset), count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(PickedFromOffset), isPicked ? Ids : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32C.Compute(bytes.AsSpan(CheckedOffset)));
        return new EventBatch(bytes);
    }

    private bool HasPlausibleHeader()
    {
        var span = Bytes.Span;
        var headerSize = BinaryPrimitives.ReadUInt16LittleEndian(span[HeaderSizeOffset..]);

        // Format 1 has ended: a larger header of it is one of a later format whose first bytes are damaged.
        var smallest = SmallestHeader(span);
        return (headerSize == smallest || (headerSize > smallest && smallest == HeaderSize)) && headerSize < span.Length
            && Count >= 1 && Count <= (span.Length - headerSize) / EventRecord.HeaderSize
            && (!IsPicked || PickedFrom >= Count)
            && ReadInt64(BaseIdOffset) is >= 0 and < MaxBaseId;
    }

    /// <summary>The size of the smallest header of the batch's format; 0 when the bytes are no batch of a format that is known.</summary>
    private static int SmallestHeader(ReadOnlySpan<byte> source) =>
        BinaryPrimitives.ReadUInt32LittleEndian(source) switch
        {
            MagicOfFormat2 => HeaderSize,
            MagicOfFormat1 => MinHeaderSize,
            _ => 0,
        };

    /// <summary>What this version doesn't know must not get into a log, where a later version would give it a meaning.</summary>
    private bool IsNoProducers() => (Flags & ~(MoreFollowsFlag | KeysFlag)) != 0 || PickedFrom != 0;

    private static ushort FlagsOf(bool moreFollows, bool hasKeys, bool isPicked = false) =>
        (ushort)((moreFollows ? MoreFollowsFlag : 0) | (hasKeys ? KeysFlag : 0) | (isPicked ? PickedFlag : 0));

    private long ReadInt64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(Bytes.Span[offset..]);
}
