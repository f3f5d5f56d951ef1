namespace Reflex.Streams;

/// <summary>A stream was deleted and defined anew with another partition count, which the caller didn't know. Nothing was done.</summary>
public sealed class StreamReplacedException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("stream-replaced", ErrorKind.Unavailable, "Stream defined anew");

    /// <inheritdoc cref="StreamReplacedException"/>
    /// <param name="stream">The stream's name.</param>
    /// <param name="expected">The partition count that the caller knew.</param>
    /// <param name="found">The partition count that it has now.</param>
    public StreamReplacedException(StreamName stream, int expected, int found)
        : base(
            $"The stream '{stream}' has {found} partition(s) now, where {expected} were expected: it was deleted and defined anew; begin "
            + "again with the new one.",
            isTransient: true)
    {
        SetFact("stream", stream.Value);
        SetFact("expectedPartitions", expected);
        SetFact("foundPartitions", found);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => ErrorFacts.None.With("stream", Stream.Value)
        .With("expectedPartitions", ExpectedPartitions).With("foundPartitions", FoundPartitions);

    /// <summary>The stream's name.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));

    /// <summary>The partition count that the caller knew.</summary>
    public int ExpectedPartitions => (int)GetNumber("expectedPartitions");

    /// <summary>The partition count that it has now.</summary>
    public int FoundPartitions => (int)GetNumber("foundPartitions");

    internal static StreamReplacedException Of(RemoteError error) => new(
        StreamName.In(error.Facts), error.Facts.Amount("expectedPartitions"), error.Facts.Amount("foundPartitions"));
}
