namespace Reflex.Streams;

/// <summary>A reading with <see cref="StreamOptions.ToHead"/> has handed out everything that there is.</summary>
public sealed class HeadReachedException : StreamEndException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="stream">The stream that was read.</param>
    public HeadReachedException(StreamName stream)
        : base($"The head of the stream '{stream}' is reached.", isTransient: false)
    {
    }
}
