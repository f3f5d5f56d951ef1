namespace Reflex.Streams;

/// <summary>
/// A stream ended as it was meant to. These ends are expected: they are not failures in logs and metrics.
/// </summary>
public abstract class StreamEndException : ReflexException
{
    /// <summary>For a subclass: an end that is expected.</summary>
    /// <param name="message">Why the stream ended.</param>
    /// <param name="isTransient">Whether streaming again from the last cursor goes on.</param>
    protected StreamEndException(string message, bool isTransient)
        : base(message, isTransient)
    {
    }
}
