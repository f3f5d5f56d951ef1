namespace Reflex.Cluster.Tests.History;

/// <summary>All that is known of a run when it is over.</summary>
internal sealed record RecordedRun
{
    public required int Partitions { get; init; }

    /// <summary>What the appenders were answered, in any order.</summary>
    public required IEnumerable<Answer> Answers { get; init; }

    /// <summary>What the log holds in the end, each partition in its order.</summary>
    public required IEnumerable<SeenEvent> Log { get; init; }

    /// <summary>What each reader saw, in its order.</summary>
    public required IReadOnlyDictionary<string, IEnumerable<SeenEvent>> Readers { get; init; }

    /// <summary>The partitions of readers that don't read all of them.</summary>
    public IReadOnlyDictionary<string, int> OnlyPartitions { get; init; } = new Dictionary<string, int>();

    /// <summary>What each consumer handled, by time.</summary>
    public required IReadOnlyDictionary<string, IEnumerable<HandledEvent>> Consumers { get; init; }

    /// <summary>What each consumer outside the cluster handled, in its order; the lives are its sessions.</summary>
    public IReadOnlyDictionary<string, IEnumerable<HandledEvent>> Sessions { get; init; } =
        new Dictionary<string, IEnumerable<HandledEvent>>();

    /// <summary>How the stored cursors moved, by time.</summary>
    public IEnumerable<StoredMove> Moves { get; init; } = [];

    public IReadOnlyList<RecordedFault> Faults { get; init; } = [];

    /// <summary>The lives that were killed, and when. What such a one handled was over by then.</summary>
    public IReadOnlyDictionary<int, long> Killed { get; init; } = new Dictionary<int, long>();

    /// <summary>How long a consumer may go on before its cursor is stored, after which these events come again.</summary>
    public TimeSpan FlushWindow { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the storing may take then, in which the consumer goes on: on a busy machine much longer than elsewhere.</summary>
    public TimeSpan StoringTime { get; init; }
}
