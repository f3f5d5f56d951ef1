namespace Reflex.Streams;

/// <summary>No stream of that name is defined.</summary>
public sealed class StreamNotFoundException : ReflexException
{
    private const int Listed = 20;

    /// <summary>Creates the exception.</summary>
    /// <param name="stream">The name that was asked for.</param>
    /// <param name="known">The streams that exist.</param>
    public StreamNotFoundException(StreamName stream, IReadOnlyCollection<StreamName> known)
        : base(
            $"There is no stream '{stream}': "
            + (known.Count == 0
                ? "none is defined yet; define it first."
                : $"the streams are {string.Join(", ", known.Take(Listed))}{(known.Count > Listed ? $" and {known.Count - Listed} more" : "")}."),
            isTransient: false) => SetFact("stream", stream.Value);

    /// <summary>The name that was asked for.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));
}
