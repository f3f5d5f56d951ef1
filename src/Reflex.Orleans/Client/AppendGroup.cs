using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Orleans.Client;

/// <summary>Appends to one partition that travel in one call. Filled, one group after the other, under its appender's lock.</summary>
/// <remarks>
/// What somebody gives up is left out when the group is built. Its room isn't free before: to move what comes after it, for each that
/// gives up, would cost more than the room, of which a group has a bound.
/// </remarks>
/// <param name="singles">The appender's builder, empty, for events that come alone.</param>
internal sealed class AppendGroup(EventBatchBuilder singles)
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Part> _parts = [];
    private int _partsCount;
    private long _partsBytes;
    private List<(int Index, int Count)>? _givenUp;
    private int _givenUpCount;
    private int[]? _places;

    /// <summary>The id of the group's first event, once all are durable.</summary>
    public Task<long> Completion => _completion.Task;

    /// <summary>How many events are to be sent.</summary>
    public int Count => _partsCount + singles.Count - _givenUpCount;

    /// <summary>The room that is taken, also by what was given up.</summary>
    public long Bytes => _partsBytes + singles.Bytes;

    /// <summary>Adds an event; answers its index in the group.</summary>
    public int Add(in NewEvent e)
    {
        var index = _partsCount + singles.Count;
        singles.Add(e);
        return index;
    }

    /// <summary>Adds an append that is encoded already; answers its first event's index in the group.</summary>
    public int Add(EncodedAppend append)
    {
        Close();
        return Add(append.Batches, append.Count, append.Bytes, areSingles: false);
    }

    /// <summary>Leaves out what was added at an index, alone or as one append.</summary>
    public void GiveUp(int index, int count)
    {
        (_givenUp ??= []).Add((index, count));
        _givenUpCount += count;
    }

    /// <summary>Ends the filling, and leaves the builder to the next group.</summary>
    public void Close()
    {
        if (singles.Count > 0)
        {
            var (count, bytes) = (singles.Count, singles.Bytes);
            Add(singles.Build(), count, bytes, areSingles: true);
        }
    }

    /// <summary>What is sent. Once, after the filling has ended and nobody can give up any more.</summary>
    /// <param name="makeBuilder">Makes a builder, for events of which some were given up.</param>
    public ReadOnlyMemory<byte>[] Build(Func<EventBatchBuilder> makeBuilder)
    {
        if (_givenUp is null)
        {
            return Join(_parts);
        }

        _places = new int[_partsCount];
        foreach (var (index, count) in _givenUp)
        {
            _places.AsSpan(index, count).Fill(-1);
        }

        var place = 0;
        foreach (ref var one in _places.AsSpan())
        {
            one = one < 0 ? one : place++;
        }

        return [.. _parts.SelectMany(part => LeftOf(part, makeBuilder))];
    }

    /// <summary>An event's place among those that were sent.</summary>
    public int PlaceOf(int index) => _places is null ? index : _places[index];

    public void Complete(long firstId) => _completion.TrySetResult(firstId);

    public void Fail(Exception error)
    {
        _completion.TrySetException(error);

        // Everybody may have stopped waiting.
        _ = _completion.Task.Exception;
    }

    /// <summary>The batches of parts, mostly of one: without the enumerators that a query would make for each call.</summary>
    private static ReadOnlyMemory<byte>[] Join(List<Part> parts)
    {
        if (parts.Count == 1)
        {
            return [.. parts[0].Batches];
        }

        var batches = new List<ReadOnlyMemory<byte>>(parts.Count);
        foreach (var part in parts)
        {
            batches.AddRange(part.Batches);
        }

        return [.. batches];
    }

    private int Add(IReadOnlyList<ReadOnlyMemory<byte>> batches, int count, long bytes, bool areSingles)
    {
        var index = _partsCount;
        _parts.Add(new Part(batches, index, count, areSingles));
        _partsCount += count;
        _partsBytes += bytes;
        return index;
    }

    private IReadOnlyList<ReadOnlyMemory<byte>> LeftOf(Part part, Func<EventBatchBuilder> makeBuilder)
    {
        var places = _places.AsMemory(part.Index, part.Count);
        if (!places.Span.Contains(-1))
        {
            return part.Batches;
        }

        if (!part.AreSingles || !places.Span.ContainsAnyExcept(-1))
        {
            return [];
        }

        var builder = makeBuilder();
        foreach (var bytes in part.Batches)
        {
            var batch = EventBatch.FromProducer(bytes);
            var here = places[..batch.Count];
            builder.Add(batch, i => here.Span[i] >= 0);
            places = places[batch.Count..];
        }

        return builder.Build();
    }

    /// <summary>Batches that follow one another: events that came alone, or one append.</summary>
    private readonly record struct Part(IReadOnlyList<ReadOnlyMemory<byte>> Batches, int Index, int Count, bool AreSingles);
}
