namespace Reflex.Events;

/// <summary>An event, or what was to be appended at once, is larger than its limit. Nothing of it was appended.</summary>
public sealed class EventTooLargeException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("event-too-large", ErrorKind.TooLarge, "Too large");

    /// <inheritdoc cref="EventTooLargeException"/>
    /// <param name="what">What is too large: "the event", "the append".</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="limit">The limit in bytes.</param>
    /// <param name="remedy">What to do, as the end of a sentence.</param>
    public EventTooLargeException(string what, long size, long limit, string remedy)
        : base($"{what} has {size} bytes; the limit is {limit}: {remedy}.", isTransient: false)
    {
        SetFact("size", size);
        SetFact("limit", limit);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => ErrorFacts.None.With("size", Size).With("limit", Limit);

    /// <summary>The size found, in bytes.</summary>
    public long Size => GetNumber("size");

    /// <summary>The limit, in bytes.</summary>
    public long Limit => GetNumber("limit");

    internal static EventTooLargeException Of(RemoteError error) =>
        new("The append", error.Facts.Number("size"), error.Facts.Number("limit"), "append less at once");
}
