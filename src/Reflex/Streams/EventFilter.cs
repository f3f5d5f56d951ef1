using Reflex.Events;

namespace Reflex.Streams;

/// <summary>
/// Which events a reader wants, of <see cref="StreamOptions.Types"/> and <see cref="StreamOptions.ForeignIds"/>. Thread-safe.
/// </summary>
public sealed class EventFilter
{
    /// <summary>How many types, and how many foreign ids, a reader may name.</summary>
    public const int MostWanted = 1000;

    private readonly HashSet<int>? _types;
    private readonly HashSet<string>? _foreignIds;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<byte>> _foreignIdLookup;

    private EventFilter(IReadOnlyList<EventType>? types, IReadOnlyList<string>? foreignIds)
    {
        Types = types;
        ForeignIds = foreignIds;
        _types = types is null ? null : [.. types.Select(type => type.Value)];
        if (foreignIds is not null)
        {
            _foreignIds = new HashSet<string>(foreignIds, Utf8Comparer.Instance);
            _foreignIdLookup = _foreignIds.GetAlternateLookup<ReadOnlySpan<byte>>();
        }
    }

    /// <summary>The types that are wanted; null for every one.</summary>
    public IReadOnlyList<EventType>? Types { get; }

    /// <summary>The foreign ids that are wanted; null for every one.</summary>
    public IReadOnlyList<string>? ForeignIds { get; }

    /// <summary>What the options leave out.</summary>
    /// <param name="options">How somebody reads.</param>
    /// <returns>The filter; null when every event is wanted.</returns>
    public static EventFilter? Of(StreamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Of(options.Types, options.ForeignIds);
    }

    /// <summary>A filter of what a request names.</summary>
    /// <param name="types">The types that are wanted; null for every one.</param>
    /// <param name="foreignIds">The foreign ids that are wanted; null for every one.</param>
    /// <returns>The filter; null when every event is wanted.</returns>
    /// <exception cref="ArgumentException">It names none, too many, or a foreign id that no event can have.</exception>
    public static EventFilter? Of(IReadOnlyList<EventType>? types, IReadOnlyList<string>? foreignIds) =>
        types is null && foreignIds is null ? null : new EventFilter(Require(types, "types"), RequireForeignIds(foreignIds));

    /// <summary>Whether an event is wanted.</summary>
    /// <param name="e">What somebody has read.</param>
    /// <returns>Whether it is of a type and an entity that are wanted.</returns>
    public bool Wants(Event e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return _types?.Contains(e.Type.Value) != false && (_foreignIds is null || _foreignIdLookup.Contains(e.ForeignIdUtf8));
    }

    internal static IReadOnlyList<T>? Require<T>(IReadOnlyList<T>? wanted, string what) =>
        wanted is null or { Count: >= 1 and <= MostWanted } ? wanted
        : throw new ArgumentException(
            $"A reader names {wanted.Count} {what} that it wants: expected 1 to {MostWanted}, or none for all.", nameof(wanted));

    internal static IReadOnlyList<string>? RequireForeignIds(IReadOnlyList<string>? wanted)
    {
        foreach (var foreignId in Require(wanted, "foreign ids") ?? [])
        {
            EventLimits.Validate(new NewEvent(0, foreignId));
            Utf8Text.Measure(foreignId, "A foreign id that a reader wants", nameof(wanted));
        }

        return wanted;
    }

    /// <summary>Whether an event is wanted, by its record.</summary>
    internal bool Wants(ReadOnlyMemory<byte> record) =>
        _types?.Contains(EventRecord.Type(record.Span).Value) != false
        && (_foreignIds is null || _foreignIdLookup.Contains(EventRecord.ForeignId(record.Span)));
}
