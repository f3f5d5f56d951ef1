namespace Reflex.Streams;

/// <summary>A stream can't be defined yet, since one of its name is being deleted.</summary>
public sealed class StreamBeingDeletedException : ReflexException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="stream">The stream's name.</param>
    public StreamBeingDeletedException(StreamName stream)
        : base(
            $"The stream '{stream}' can't be defined while the one of that name is being deleted: try again, or delete it again to see "
            + "what keeps it.",
            isTransient: true) => SetFact("stream", stream.Value);

    /// <summary>The stream's name.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));
}
