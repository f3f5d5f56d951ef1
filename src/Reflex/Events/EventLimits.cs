using System.Text;

namespace Reflex.Events;

/// <summary>What an event's parts may measure at most. The whole event's limit is configured.</summary>
internal static class EventLimits
{
    public const int DefaultMaxEventBytes = 1024 * 1024;

    public static void Validate(in NewEvent e)
    {
        if (e.ForeignId is null)
        {
            throw new ArgumentException("An event's foreign id is null; use an empty one for an event without an entity.", nameof(e));
        }

        // A char is at most 3 bytes of UTF-8, so that most ids need no exact count.
        if (e.ForeignId.Length > NewEvent.MaxForeignIdBytes / 3
            && Encoding.UTF8.GetByteCount(e.ForeignId) is var bytes and > NewEvent.MaxForeignIdBytes)
        {
            throw new ArgumentException(
                $"An event's foreign id has {bytes} bytes of UTF-8; the limit is {NewEvent.MaxForeignIdBytes}.", nameof(e));
        }

        if (e.Trace.Length > NewEvent.MaxTraceBytes)
        {
            throw new ArgumentException(
                $"An event's trace context has {e.Trace.Length} bytes; the limit is {NewEvent.MaxTraceBytes}.", nameof(e));
        }
    }
}
