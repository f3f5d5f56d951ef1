namespace Reflex.Streams;

/// <summary>A stream has another partition count than is asked for. Nothing was changed.</summary>
public sealed class StreamConflictException : ReflexException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="stored">What is stored.</param>
    /// <param name="requested">What was asked for.</param>
    public StreamConflictException(StreamDefinition stored, StreamDefinition requested)
        : base(Describe(stored, requested), isTransient: false)
    {
        SetFact("stream", stored.Name.Value);
        SetFact("storedPartitions", stored.Partitions);
        SetFact("requestedPartitions", requested.Partitions);
    }

    /// <summary>The stream.</summary>
    public StreamName Stream => StreamName.Parse(GetText("stream"));

    /// <summary>The partition count that it has.</summary>
    public int StoredPartitions => (int)GetNumber("storedPartitions");

    /// <summary>The partition count that was asked for.</summary>
    public int RequestedPartitions => (int)GetNumber("requestedPartitions");

    private static string Describe(StreamDefinition stored, StreamDefinition requested) =>
        $"The stream '{stored.Name}' is stored with {stored.Partitions} partitions but {requested.Partitions} are asked for: "
        + "the count of an existing stream can't change; ask for the stored count or take another name.";
}
