using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>A log's storage has no room. Nothing acknowledged is lost; appends work again when there is room.</summary>
public sealed class LogFullException : LogFailedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="partition">The log's partition.</param>
    /// <param name="where">The folder, disk or account that is full.</param>
    /// <param name="innerException">The cause, or null.</param>
    public LogFullException(PartitionId partition, string where, Exception? innerException = null)
        : base(partition, "there is no room left in its storage; free some, and appending goes on.", where, innerException)
    {
    }
}
