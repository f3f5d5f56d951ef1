namespace Reflex.Streams;

/// <summary>A stream can't be defined yet, since one of its name is being deleted.</summary>
public sealed class StreamBeingDeletedException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("stream-being-deleted", ErrorKind.Unavailable, "Stream being deleted");

    /// <inheritdoc cref="StreamBeingDeletedException"/>
    /// <param name="stream">The stream's name.</param>
    public StreamBeingDeletedException(StreamName stream)
        : base(
            $"The stream '{stream}' can't be defined while the one of that name is being deleted: try again, or delete it again to see "
            + "what keeps it.",
            isTransient: true) => SetFact("stream", stream.Value);

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => ErrorFacts.None.With("stream", Stream.Value);

    /// <summary>The stream's name.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));

    internal static StreamBeingDeletedException Of(RemoteError error) => new(StreamName.In(error.Facts));
}
