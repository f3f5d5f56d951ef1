using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>A log's storage has no room. Nothing acknowledged is lost; appends work again when there is room.</summary>
public sealed class LogFullException : LogFailedException
{
    /// <summary>What clients know it by.</summary>
    public static new ErrorCode ToldAs { get; } = new("log-full", ErrorKind.NoRoom, "No room left");

    /// <inheritdoc cref="LogFullException"/>
    /// <param name="partition">The log's partition.</param>
    /// <param name="where">The folder, disk or account that is full.</param>
    /// <param name="innerException">The cause, or null.</param>
    public LogFullException(PartitionId partition, string where, Exception? innerException = null)
        : base(partition, "there is no room left in its storage; free some, and appending goes on.", where, innerException)
    {
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    internal static new LogFullException Of(RemoteError error) =>
        new(PartitionId.In(error.Facts), "its storage", error.Cause);
}
