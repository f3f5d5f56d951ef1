namespace Reflex.Events;

/// <summary>An event that is about to be appended: everything but the id, which the partition gives.</summary>
/// <param name="Type">What happened.</param>
/// <param name="ForeignId">
/// Which entity it happened to: 1 to 1024 bytes of UTF-8, or empty where there is no entity. It also chooses the partition. A string
/// that is no text, since it holds half a surrogate pair, can't be appended.
/// </param>
public readonly record struct NewEvent(EventType Type, string ForeignId)
{
    /// <summary>The longest <see cref="ForeignId"/>, in bytes of UTF-8.</summary>
    public const int MaxForeignIdBytes = 1024;

    /// <summary>The longest <see cref="Trace"/>, in bytes.</summary>
    public const int MaxTraceBytes = 1024;

    /// <summary>A little more about what happened, opaque to Reflex; empty by default. Copied when the event is appended.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>When it happened; null, the default, takes the time of the call that appends it.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>
    /// The appender's trace context as <see cref="Diagnostics.TraceContext"/> writes it; empty, the default, takes the
    /// context of <see cref="System.Diagnostics.Activity.Current"/> at the call that appends it, if it is recorded.
    /// </summary>
    public ReadOnlyMemory<byte> Trace { get; init; }

    /// <summary>An event of an application's enum.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="type">What happened.</param>
    /// <param name="foreignId">Which entity it happened to.</param>
    /// <returns>The event.</returns>
    public static NewEvent Of<TEnum>(TEnum type, string foreignId)
        where TEnum : struct, Enum => new(EventType.From(type), foreignId);

    /// <summary>The event's size in a log, as its limits count it: without the trace context of the call that appends it.</summary>
    /// <returns>The size in bytes.</returns>
    /// <exception cref="ArgumentException">It can't be appended: its foreign id or trace is null, too long, or no text.</exception>
    public int Measure()
    {
        EventLimits.Validate(this);
        return EventRecord.Measure(this);
    }
}
