namespace Reflex.Streams;

/// <summary>A stream wasn't defined, since the cluster has as many streams, or partitions of all streams, as it may.</summary>
public sealed class StreamLimitException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("stream-limit", ErrorKind.LimitReached, "Too many streams");

    /// <inheritdoc cref="StreamLimitException"/>
    /// <param name="stream">The stream that was to be defined.</param>
    /// <param name="limit">How many there may be.</param>
    /// <param name="option">The option that says so.</param>
    public StreamLimitException(StreamName stream, int limit, string option)
        : base(
            $"The stream '{stream}' can't be defined: with it the cluster would have more than {option} allows, {limit}; use a stream that "
            + "there is, or raise the limit in the silos.",
            isTransient: false)
    {
        SetFact("stream", stream.Value);
        SetFact("limit", limit);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => ErrorFacts.None.With("stream", Stream.Value).With("limit", Limit);

    /// <summary>The stream that was to be defined.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));

    /// <summary>How many streams, or partitions of all streams, there may be.</summary>
    public int Limit => (int)GetNumber("limit");

    internal static StreamLimitException Of(RemoteError error) =>
        new(StreamName.In(error.Facts), error.Facts.Amount("limit"), "the server");
}
