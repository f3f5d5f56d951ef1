using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Reading;

/// <summary>What a request to read a stream asks for.</summary>
/// <param name="After">Where to continue; empty starts with the oldest retained event.</param>
/// <param name="Partition">The one partition to read; null reads all.</param>
/// <param name="FromHead">Only events that are newer than the head now.</param>
/// <param name="ToHead">Ends when nothing newer is available.</param>
/// <param name="Lag">How old an event must be to be handed out.</param>
/// <param name="Types">The types of the events that are wanted; null for every one.</param>
/// <param name="ForeignIds">The foreign ids of the events that are wanted; null for every one.</param>
internal sealed record StreamQuery(
    Cursor After,
    int? Partition,
    bool FromHead,
    bool ToHead,
    TimeSpan Lag,
    IReadOnlyList<EventType>? Types = null,
    IReadOnlyList<string>? ForeignIds = null)
{
    /// <summary>Whether events are left out.</summary>
    public bool IsFiltered => Types is not null || ForeignIds is not null;

    /// <summary>The same in the words of a <see cref="StreamFunc"/>, as far as it isn't where to begin.</summary>
    public StreamOptions Options => new()
    {
        FromHead = FromHead, ToHead = ToHead, Lag = Lag, Types = Types, ForeignIds = ForeignIds,
    };
}
