namespace Reflex.Streams;

/// <summary>A stream has fewer partitions than that.</summary>
public sealed class PartitionNotFoundException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("partition-not-found", ErrorKind.NotFound, "Not found");

    /// <inheritdoc cref="PartitionNotFoundException"/>
    /// <param name="stream">The stream that has fewer.</param>
    /// <param name="partition">The partition that was asked for, from 0.</param>
    /// <param name="partitions">How many it has.</param>
    public PartitionNotFoundException(StreamName stream, int partition, int partitions)
        : base(
            $"The stream '{stream}' has no partition {partition}: it has {partitions}, numbered 0 to {partitions - 1}.",
            isTransient: false)
    {
        SetFact("stream", stream.Value);
        SetFact("partition", partition);
        SetFact("partitions", partitions);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => 
        ErrorFacts.None.With("stream", Stream.Value).With("partition", Partition).With("partitions", Partitions);

    /// <summary>The stream that has fewer.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));

    /// <summary>The partition that was asked for.</summary>
    public int Partition => (int)GetNumber("partition");

    /// <summary>How many the stream has.</summary>
    public int Partitions => (int)GetNumber("partitions");

    internal static PartitionNotFoundException Of(RemoteError error) =>
        new(StreamName.In(error.Facts), error.Facts.Amount("partition"), error.Facts.Amount("partitions"));
}
