namespace Reflex.Streams;

/// <summary>No stream of that name is defined.</summary>
public sealed class StreamNotFoundException : ReflexException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="stream">The name that was asked for.</param>
    /// <param name="known">The streams that exist.</param>
    public StreamNotFoundException(StreamName stream, IReadOnlyCollection<StreamName> known)
        : base(
            $"There is no stream '{stream}': "
            + (known.Count == 0
                ? "none is defined yet; define it first."
                : $"the streams are {Names.List(known)}."),
            isTransient: false) => SetFact("stream", stream.Value);

    /// <summary>The name that was asked for.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));
}
