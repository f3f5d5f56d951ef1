using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>A log's storage can't be used at the moment, and has done nothing of what it was asked for. The log goes on.</summary>
/// <remarks>Nothing of an append that saw this is or will be in the log: it may be made again.</remarks>
public sealed class LogUnavailableException : LogFailedException
{
    /// <summary>What clients know it by.</summary>
    public static new ErrorCode ToldAs { get; } = new("log-unavailable", ErrorKind.Unavailable, "Log unavailable");

    /// <inheritdoc cref="LogUnavailableException"/>
    /// <param name="partition">The log's partition.</param>
    /// <param name="reason">Why, as a sentence without paths and addresses: clients are told it.</param>
    /// <param name="details">Where and how, for the server's operator; not told to clients.</param>
    /// <param name="innerException">The cause, or null.</param>
    public LogUnavailableException(PartitionId partition, string reason, string details, Exception? innerException = null)
        : base(
            $"The log of {partition} can't be used now: {reason} Nothing was changed; ask again.", partition, details, innerException)
    {
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    internal static new LogUnavailableException Of(RemoteError error) =>
        new(PartitionId.In(error.Facts), error.Message, "a server's answer", error.Cause);
}
