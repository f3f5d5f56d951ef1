using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>
/// More waits to be appended to a partition than its queue takes, or that of the process which appends. Nothing of this append is or will
/// be in the log.
/// </summary>
public sealed class LogBusyException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("log-busy", ErrorKind.Busy, "Log busy");

    /// <summary>Creates the exception.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="limit">The queue's limit in bytes.</param>
    public LogBusyException(PartitionId partition, long limit)
        : base($"More than {limit} bytes wait to be appended to {partition}: append again a little later.", isTransient: true)
    {
        SetFact("partition", partition.ToString());
        SetFact("limit", limit);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Partition.ToFacts().With("limit", Limit);

    /// <summary>The partition.</summary>
    public PartitionId Partition => PartitionId.Parse(GetText("partition"));

    /// <summary>The queue's limit in bytes.</summary>
    public long Limit => GetNumber("limit");

    internal static LogBusyException Of(RemoteError error) =>
        new(PartitionId.In(error.Facts), error.Facts.Number("limit"));
}
