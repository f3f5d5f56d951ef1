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

    /// <inheritdoc cref="LogBusyException"/>
    /// <param name="partition">The partition that was to be appended to.</param>
    /// <param name="limit">The queue's limit in bytes.</param>
    public LogBusyException(PartitionId partition, long limit)
        : base(Tell(partition.ToString(), limit), isTransient: true)
    {
        SetFact("partition", partition.ToString());
        SetFact("limit", limit);
    }

    /// <summary>For the queue of a client that doesn't know to which partition an event goes.</summary>
    /// <param name="stream">The stream that is appended to.</param>
    /// <param name="limit">The queue's limit in bytes.</param>
    public LogBusyException(StreamName stream, long limit)
        : base(Tell($"the stream '{stream}'", limit), isTransient: true)
    {
        SetFact("stream", stream.Value);
        SetFact("limit", limit);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts =>
        (Partition is { } one ? one.ToFacts() : ErrorFacts.None.With("stream", Stream.Value)).With("limit", Limit);

    /// <summary>The stream that is appended to.</summary>
    public StreamName Stream => Partition is { } one ? one.Stream : StreamName.Parse(GetText("stream"));

    /// <summary>The partition; null when it is the queue of a client for the whole stream.</summary>
    public PartitionId? Partition => GetText("partition") is { Length: > 0 } text ? PartitionId.Parse(text) : null;

    /// <summary>The queue's limit in bytes.</summary>
    public long Limit => GetNumber("limit");

    internal static LogBusyException Of(RemoteError error)
    {
        var limit = error.Facts.Number("limit");
        return error.Facts.Text("partition").Length > 0
            ? new(PartitionId.In(error.Facts), limit)
            : new(StreamName.In(error.Facts), limit);
    }

    private static string Tell(string where, long limit) =>
        $"More than {limit} bytes wait to be appended to {where}: append again a little later.";
}
