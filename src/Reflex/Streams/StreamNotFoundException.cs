namespace Reflex.Streams;

/// <summary>No stream of that name is defined.</summary>
public sealed class StreamNotFoundException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("stream-not-found", ErrorKind.NotFound, "Not found");

    // Not among the facts, which travel: whoever is told of the failure elsewhere is told the names in the message.
    private readonly IReadOnlyCollection<StreamName>? _known;
    private readonly int? _others;

    /// <inheritdoc cref="StreamNotFoundException"/>
    /// <param name="stream">The name that was asked for.</param>
    /// <param name="known">Streams that exist.</param>
    /// <param name="others">How many exist besides; null when that isn't known.</param>
    public StreamNotFoundException(StreamName stream, IReadOnlyCollection<StreamName> known, int? others = 0)
        : base(
            $"There is no stream '{stream}': {Names.Describe("streams", known, others, "none is defined yet; define it first.")}",
            isTransient: false)
    {
        SetFact("stream", stream.Value);
        _known = known;
        _others = others;
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => ErrorFacts.None.With("stream", Stream.Value);

    /// <summary>The name that was asked for.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));

    /// <summary>The same error for somebody who may not see every stream.</summary>
    /// <param name="isVisible">Whether a stream may be named.</param>
    /// <returns>The error, which names the visible ones among the streams that this one knows.</returns>
    public StreamNotFoundException WithOnly(Func<StreamName, bool> isVisible) =>
        new(Stream, [.. (_known ?? []).Where(isVisible)], _others is 0 ? 0 : null);

    internal static StreamNotFoundException Of(RemoteError error) => new(StreamName.In(error.Facts), [], others: null);
}
