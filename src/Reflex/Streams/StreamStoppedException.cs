namespace Reflex.Streams;

/// <summary>The side that serves a stream is stopping: stream again from the last cursor to go on elsewhere.</summary>
public sealed class StreamStoppedException : StreamEndException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("stream-stopped", ErrorKind.Unavailable, "Server stopping");

    /// <inheritdoc cref="StreamStoppedException"/>
    /// <param name="stream">The stream that was read.</param>
    public StreamStoppedException(StreamName stream)
        : base($"The stream '{stream}' was stopped by its server; stream again from the last cursor.", isTransient: true)
    {
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    internal static StreamStoppedException Of(RemoteError error) => new(StreamName.In(error.Facts));
}
