using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Orleans.Serialization;

/// <summary>A place of a cursor from the two numbers that it is sent and stored as.</summary>
internal static class Places
{
    /// <param name="id">The last event that was handled; null when none was.</param>
    /// <param name="epoch">Its epoch; 0 when it isn't known, as of what earlier versions have sent or stored.</param>
    public static CursorPlace? Of(long? id, long epoch) => id is { } value ? new CursorPlace(new EventId(value), epoch) : null;
}
