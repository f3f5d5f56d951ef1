namespace Reflex.Streams;

/// <summary>A reading with <see cref="StreamOptions.ToHead"/> has handed out everything that there is.</summary>
public sealed class HeadReachedException : StreamEndException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("head-reached", ErrorKind.OutOfRange, "Head reached");

    /// <inheritdoc cref="HeadReachedException"/>
    /// <param name="stream">The stream that was read.</param>
    public HeadReachedException(StreamName stream)
        : base($"The head of the stream '{stream}' is reached.", isTransient: false)
    {
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    internal static HeadReachedException Of(RemoteError error) => new(StreamName.In(error.Facts));
}
