using Reflex.Events;

namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>What a log must hold after a crash at some moment.</summary>
/// <param name="Kept">All of these, in order, but for those that were trimmed.</param>
/// <param name="Possible">After them any number of these, in order and in whole appends. Nothing else.</param>
/// <param name="MayBeTrimmedTo">The log may begin with this event, or an older one.</param>
/// <param name="Newest">The batch of the head, when it was trimmed and is not among those that are kept.</param>
internal sealed record Promise(
    IReadOnlyList<EventBatch> Kept, IReadOnlyList<EventBatch> Possible, long MayBeTrimmedTo, EventBatch? Newest = null)
{
    public static Promise Nothing { get; } = new([], [], 1);

    /// <summary>A log that was never made to begin after an event.</summary>
    public static LogStart Never => new(EventId.None, 0, DateTimeOffset.UnixEpoch, 0);

    /// <summary>All before this event were deleted, and the log begins with it or a younger one.</summary>
    public long MustBeGoneBefore { get; init; } = 1;

    /// <summary>After what a log that never had an event of its own may begin.</summary>
    public IReadOnlyList<LogStart> Starts { get; init; } = [Never];

    /// <summary>Whether all events were imported, so that more may be.</summary>
    public bool IsImported { get; init; }
}
