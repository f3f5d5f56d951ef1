using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>A log has failed and acknowledges nothing more until it is opened again, which happens by itself.</summary>
/// <remarks>Whether the append that saw this is in the log is unknown, unless a subclass says so.</remarks>
public class LogFailedException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("log-failed", ErrorKind.Unavailable, "Log failed");

    /// <inheritdoc cref="LogFailedException"/>
    /// <param name="partition">The log's partition.</param>
    /// <param name="reason">What failed, as a sentence without paths and addresses: clients are told it.</param>
    /// <param name="innerException">The cause, or null.</param>
    public LogFailedException(PartitionId partition, string reason, Exception? innerException = null)
        : base(Tell(partition, reason), isTransient: true, innerException) =>
        SetFact("partition", partition.ToString());

    /// <summary>As the shorter one, with details for the server's operator, which clients aren't told.</summary>
    /// <param name="partition">The log's partition.</param>
    /// <param name="reason">What failed, as a sentence without paths and addresses.</param>
    /// <param name="details">Where and how: a folder, the system's own error; not told to clients.</param>
    /// <param name="innerException">The cause, or null.</param>
    public LogFailedException(PartitionId partition, string reason, string details, Exception? innerException)
        : this(Tell(partition, reason), partition, details, innerException)
    {
    }

    private protected LogFailedException(string sentence, PartitionId partition, string details, Exception? innerException)
        : base($"{sentence} ({details})", isTransient: true, innerException)
    {
        SetFact("partition", partition.ToString());
        SetClientMessage(sentence);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Partition.ToFacts();

    /// <summary>The log's partition.</summary>
    public PartitionId Partition => PartitionId.Parse(GetText("partition"));

    internal static LogFailedException Of(RemoteError error) =>
        new(PartitionId.In(error.Facts), error.Message, error.Cause);

    private static string Tell(PartitionId partition, string reason) => $"The log of {partition} has failed: {reason}";
}
