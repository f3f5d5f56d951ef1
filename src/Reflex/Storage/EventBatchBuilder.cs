using System.Diagnostics;
using Reflex.Diagnostics;
using Reflex.Events;

namespace Reflex.Storage;

/// <summary>Encodes the events of one append, or of several that travel together, into batches. Not thread-safe.</summary>
/// <remarks>
/// A batch is closed when it reaches <see cref="TargetSize"/>, so that a reader's page stays small; an event larger than that
/// gets a batch of its own.
/// </remarks>
public sealed class EventBatchBuilder
{
    /// <summary>The size in bytes at which a batch is closed: about the page that a reader asks for.</summary>
    public const int TargetSize = 64 * 1024;

    private readonly TimeProvider _timeProvider;
    private readonly int _maxEventBytes;
    private readonly List<ReadOnlyMemory<byte>> _batches = [];
    private byte[] _buffer = [];
    private int _length;
    private int _count;
    private bool _hasKeys;

    /// <summary>A builder that holds no event yet.</summary>
    /// <param name="timeProvider">The clock for events without a timestamp.</param>
    /// <param name="maxEventBytes">The size limit of one encoded event, in bytes.</param>
    public EventBatchBuilder(TimeProvider timeProvider, int maxEventBytes = EventLimits.DefaultMaxEventBytes)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEventBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxEventBytes, EventBatch.MaxSize - EventBatch.HeaderSize);
        _timeProvider = timeProvider;
        _maxEventBytes = maxEventBytes;
    }

    /// <summary>How many events were added since the last <see cref="Build"/>.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of the events added since the last <see cref="Build"/>.</summary>
    public long Bytes { get; private set; }

    /// <summary>Encodes an event. It takes the current time and trace context where the event has none.</summary>
    /// <param name="e">The event; not needed any more when the call ends.</param>
    /// <exception cref="EventTooLargeException">It is over the limit; the builder is as it was.</exception>
    /// <exception cref="ArgumentException">Its foreign id or trace is null, too long, or no text; the builder is as it was.</exception>
    public void Add(in NewEvent e) => Add(e, key: null);

    /// <summary>Adds events that a builder has encoded already, as they are.</summary>
    /// <param name="batch">Their batch, which isn't needed any more when the call ends.</param>
    /// <param name="isWanted">Whether an event is added; told its place in the batch, from 0.</param>
    /// <exception cref="ArgumentException">It is a picked batch, whose events have ids of a page.</exception>
    public void Add(EventBatch batch, Func<int, bool> isWanted)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        if (batch.IsPicked)
        {
            throw new ArgumentException($"The batch with event {batch.BaseId} is a picked one of a page: add its events.", nameof(batch));
        }

        var records = batch.Records.Span;
        var mayHaveKeys = batch.HasKeys;
        for (var i = 0; i < batch.Count; i++)
        {
            var size = EventRecord.Size(records);
            if (isWanted(i))
            {
                records[..size].CopyTo(Reserve(size));
                Take(size, mayHaveKeys && EventRecord.IsKeyed(records));
            }

            records = records[size..];
        }
    }

    /// <summary>Ends the append: what was added becomes durable and visible together, or not at all.</summary>
    /// <returns>The batches in order, not yet sealed; their buffers belong to the caller. The builder starts over.</returns>
    /// <exception cref="InvalidOperationException">No event was added.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Build()
    {
        if (_count == 0)
        {
            throw new InvalidOperationException("No event was added.");
        }

        CloseBatch(moreFollows: false);
        var built = _batches.ToArray();
        _batches.Clear();
        Count = 0;
        Bytes = 0;
        return built;
    }

    /// <summary>Encodes an event with a key, by which its append may be repeated.</summary>
    /// <param name="e">The event, as for the other method.</param>
    /// <param name="key">1 to 256 bytes of UTF-8; null for an event without one.</param>
    /// <exception cref="EventTooLargeException">It is over the limit; the builder is as it was.</exception>
    /// <exception cref="ArgumentException">A part of it is null, empty, too long, or no text; the builder is as it was.</exception>
    internal void Add(in NewEvent e, string? key)
    {
        Span<byte> current = stackalloc byte[TraceContext.Size];
        scoped var trace = e.Trace.Span;
        if (trace.IsEmpty && Activity.Current is { Recorded: true } activity)
        {
            trace = current[..TraceContext.Write(activity.Context, current)];
        }

        var size = Measure(e, key) - e.Trace.Length + trace.Length;
        EventRecord.Write(Reserve(size), e, e.Timestamp ?? _timeProvider.GetUtcNow(), trace, key);
        Take(size, key is not null);
    }

    private int Measure(in NewEvent e, string? key)
    {
        EventLimits.Validate(e);
        var size = EventRecord.Measure(e, key);
        return size <= _maxEventBytes
            ? size
            : throw new EventTooLargeException(
                $"The event of '{e.ForeignId}'", size, _maxEventBytes, "keep the data elsewhere and only point to it");
    }

    /// <summary>The place for the next record.</summary>
    private Span<byte> Reserve(int size)
    {
        if (_count > 0 && _length + size > TargetSize)
        {
            CloseBatch(moreFollows: true);
        }

        if (_count == 0)
        {
            _length = EventBatch.HeaderSize;
        }

        var needed = _length + size;
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(needed, Math.Min(Math.Max(1024, _buffer.Length * 2), TargetSize + EventBatch.HeaderSize)));
        }

        return _buffer.AsSpan(_length, size);
    }

    private void Take(int size, bool isKeyed)
    {
        _hasKeys |= isKeyed;
        _length += size;
        _count++;
        Count++;
        Bytes += size;
    }

    private void CloseBatch(bool moreFollows)
    {
        EventBatch.WriteProducerHeader(_buffer.AsSpan(0, _length), _count, moreFollows, _hasKeys);

        // The buffer is kept for the next batch: most appends are smaller than it has grown to.
        _batches.Add(_buffer.AsSpan(0, _length).ToArray());
        _length = 0;
        _count = 0;
        _hasKeys = false;
    }
}
