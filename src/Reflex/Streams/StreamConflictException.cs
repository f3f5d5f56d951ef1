using Reflex.Cursors;

namespace Reflex.Streams;

/// <summary>A stream has another partition count than is asked for. Nothing was changed.</summary>
public sealed class StreamConflictException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("stream-conflict", ErrorKind.ExistsOtherwise, "Stream exists otherwise");

    /// <inheritdoc cref="StreamConflictException"/>
    /// <param name="stored">What is stored.</param>
    /// <param name="requested">What was asked for.</param>
    public StreamConflictException(StreamDefinition stored, StreamDefinition requested)
        : base(Describe(stored, requested), isTransient: false)
    {
        SetFact("stream", stored.Name.Value);
        SetFact("storedPartitions", stored.Partitions);
        SetFact("requestedPartitions", requested.Partitions);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => ErrorFacts.None.With("stream", Stream.Value)
        .With("storedPartitions", StoredPartitions).With("requestedPartitions", RequestedPartitions);

    /// <summary>The stream that has another partition count.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));

    /// <summary>The partition count that it has.</summary>
    public int StoredPartitions => (int)GetNumber("storedPartitions");

    /// <summary>The partition count that was asked for.</summary>
    public int RequestedPartitions => (int)GetNumber("requestedPartitions");

    internal static StreamConflictException Of(RemoteError error)
    {
        return new StreamConflictException(Read("storedPartitions"), Read("requestedPartitions"));

        StreamDefinition Read(string count) =>
            new(StreamName.In(error.Facts), Math.Clamp(error.Facts.Amount(count), 1, Cursor.MaxPartitions));
    }

    private static string Describe(StreamDefinition stored, StreamDefinition requested) =>
        $"The stream '{stored.Name}' is stored with {stored.Partitions} partitions but {requested.Partitions} are asked for: "
        + "the count of an existing stream can't change; ask for the stored count or take another name.";
}
