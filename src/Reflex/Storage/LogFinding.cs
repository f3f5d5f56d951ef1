using Reflex.Events;

namespace Reflex.Storage;

/// <summary>Something in a log that isn't as it should be.</summary>
/// <param name="IsDamage">Whether somebody has to look; if not, the next opening repairs it and no acknowledged event is lost.</param>
/// <param name="Message">A sentence: what was expected and found, and what to do.</param>
/// <param name="Place">The file, or whatever the storage has instead.</param>
/// <param name="Position">Where in it, in bytes from its start; null when it is about the whole.</param>
/// <param name="First">The first event that is concerned; null when none is.</param>
/// <param name="Last">The last event that is concerned; null when none is, or nobody can say.</param>
public sealed record LogFinding(
    bool IsDamage, string Message, string Place, long? Position = null, EventId? First = null, EventId? Last = null)
{
    /// <summary>
    /// Whether the log may be undamaged, and the files of different moments, as in a folder that was copied while a silo used it. The
    /// message says so.
    /// </summary>
    public bool MayBeOfMoments { get; init; }

    /// <summary>The finding for people.</summary>
    /// <returns>The message.</returns>
    public override string ToString() => Message;
}
