namespace Reflex.Events;

/// <summary>What an event's parts may measure at most. The whole event's limit is configured.</summary>
internal static class EventLimits
{
    public const int DefaultMaxEventBytes = 1024 * 1024;

    public const int MaxKeyBytes = 256;

    /// <summary>The size of a foreign id in bytes of UTF-8.</summary>
    /// <exception cref="ArgumentException">It is no text.</exception>
    public static int MeasureForeignId(in NewEvent e) => Utf8Text.Measure(e.ForeignId, "An event's foreign id", nameof(e));

    /// <summary>The size of a key in bytes of UTF-8.</summary>
    /// <exception cref="ArgumentException">It is no text, empty, or too long.</exception>
    public static int MeasureKey(string key)
    {
        var bytes = Utf8Text.Measure(key, "An event's key", nameof(key));
        return bytes is >= 1 and <= MaxKeyBytes
            ? bytes
            : throw new ArgumentException($"An event's key has {bytes} bytes of UTF-8; it must have 1 to {MaxKeyBytes}.", nameof(key));
    }

    /// <summary>Checks everything but whether a short foreign id is text, which <see cref="MeasureForeignId"/> does.</summary>
    public static void Validate(in NewEvent e)
    {
        if (e.ForeignId is null)
        {
            throw new ArgumentException("An event's foreign id is null; use an empty one for an event without an entity.", nameof(e));
        }

        // A char is at most 3 bytes of UTF-8, so that most ids need no exact count.
        if (e.ForeignId.Length > NewEvent.MaxForeignIdBytes / 3
            && MeasureForeignId(e) is var bytes and > NewEvent.MaxForeignIdBytes)
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
