using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Consumers;

/// <summary>How a consumer is run.</summary>
public sealed record ConsumerOptions
{
    /// <summary>Options for a consumer.</summary>
    /// <param name="name">The consumer's name, under which its cursor is kept.</param>
    public ConsumerOptions(ConsumerName name)
    {
        if (name.IsDefault)
        {
            throw new ArgumentException("A consumer needs a name.", nameof(name));
        }

        Name = name;
    }

    /// <summary>The consumer's name.</summary>
    public ConsumerName Name { get; }

    /// <summary>
    /// How the stream is read. Its lag is waited out by the consumable. <see cref="StreamOptions.FromHead"/> holds only while
    /// the consumer has no cursor, so that a restart never jumps over events.
    /// </summary>
    /// <value>The default starts with the oldest retained event and is endless.</value>
    public StreamOptions Streaming { get; init; } = StreamOptions.Default;

    /// <summary>The event age from which the consumer's lag alert metric is 1.</summary>
    /// <value>The default is 30 minutes, the Go library's. Positive.</value>
    public TimeSpan LagAlert
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(LagAlert));
            field = value;
        }
    } = TimeSpan.FromMinutes(30);

    /// <summary>For how long after an event the consumer's active metric is 1.</summary>
    /// <value>The default is 24 hours, the Go library's. Positive.</value>
    public TimeSpan ActivityTimeToLive
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(ActivityTimeToLive));
            field = value;
        }
    } = TimeSpan.FromHours(24);

    /// <summary>Only events of these types are handed over; the others are skipped, and the cursor moves past them.</summary>
    /// <value>The default, empty, hands over every type.</value>
    public IReadOnlySet<EventType> Types { get; init; } = new HashSet<EventType>();

    /// <summary>
    /// Only events that this answers true for are handed over; the cursor moves past the others. When it throws, the run ends
    /// with an <see cref="EventFilterException"/> and the cursor stays.
    /// </summary>
    /// <value>The default, null, hands over every event.</value>
    public Func<Event, bool>? Filter { get; init; }

    /// <summary>What becomes of an error of the logic.</summary>
    /// <value>The default, null, ends the run with the error.</value>
    public ErrorRecovery? Recovery { get; init; }
}
