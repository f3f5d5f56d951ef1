namespace Reflex.Benchmarks.Silo;

/// <summary>The streams and consumers that every measured silo has.</summary>
internal static class MeasuredStreams
{
    /// <summary>A stream with a consumer grain that only counts.</summary>
    public const string Consumed = "consumed";

    public const string Counter = "counter";

    /// <summary>A stream with a consumer grain that notes how old stamped events are.</summary>
    public const string Timed = "timed";

    public const string Timer = "timer";

    /// <summary>A stream whose partitions and consumer move between silos, where there are several.</summary>
    public const string Moved = "moved";

    public const string Mover = "mover";
}
