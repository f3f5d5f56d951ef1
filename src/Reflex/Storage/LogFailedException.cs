using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>A log has failed and acknowledges nothing more until it is opened again, which happens by itself.</summary>
/// <remarks>Whether the append that saw this is in the log is unknown, unless a subclass says so.</remarks>
public class LogFailedException : ReflexException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="partition">The log's partition.</param>
    /// <param name="reason">What failed, as a sentence.</param>
    /// <param name="innerException">The cause, or null.</param>
    public LogFailedException(PartitionId partition, string reason, Exception? innerException = null)
        : base($"The log of {partition} has failed: {reason}", isTransient: true, innerException) =>
        SetFact("partition", partition.ToString());

    /// <summary>The log's partition.</summary>
    public PartitionId Partition => PartitionId.Parse(GetText("partition"));
}
