namespace Reflex.Benchmarks.Silo;

/// <summary>A consumer grain with empty logic.</summary>
internal interface ICountingGrain : IGrainWithStringKey
{
    /// <summary>Waits until that many events were handled, counted from this call; answers the time since the first of them.</summary>
    Task<TimeSpan> MeasureAsync(long count);
}
