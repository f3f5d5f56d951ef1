using Orleans.Concurrency;

namespace Reflex.Benchmarks.Silo;

/// <summary>A consumer grain that notes how old stamped events are when they reach it.</summary>
internal interface ITimingGrain : IGrainWithStringKey
{
    /// <summary>Appends stamped events at a steady rate from this silo; answers how old each was when this grain handled it.</summary>
    [AlwaysInterleave]
    Task<TimeSpan[]> MeasureAsync(int perSecond, TimeSpan duration);
}
