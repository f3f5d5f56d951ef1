namespace Reflex.Storage;

/// <summary>Stored data is damaged. Never retried: somebody has to look. What is undamaged stays readable.</summary>
public class LogCorruptedException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("log-corrupted", ErrorKind.Damaged, "Stored data is damaged");

    /// <inheritdoc cref="LogCorruptedException"/>
    /// <param name="message">
    /// What is damaged: file or row, position, ids; what was expected and found; what to do. Clients aren't told it.
    /// </param>
    /// <param name="innerException">The cause, or null.</param>
    public LogCorruptedException(string message, Exception? innerException = null)
        : base(message, isTransient: false, innerException) =>
        SetClientMessage("Stored data is damaged: the server's operator has to look at it; what is undamaged stays readable.");

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    internal static LogCorruptedException Of(RemoteError error) => new(error.Message, error.Cause);
}
