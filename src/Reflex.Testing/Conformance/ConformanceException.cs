namespace Reflex.Testing.Conformance;

/// <summary>A storage breaks a promise of the log contract.</summary>
public sealed class ConformanceException : Exception
{
    /// <inheritdoc cref="ConformanceException"/>
    /// <param name="message">What was promised, and what was found instead.</param>
    /// <param name="innerException">The cause, or null.</param>
    public ConformanceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
