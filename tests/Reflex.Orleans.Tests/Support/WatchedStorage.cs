using System.Collections.Concurrent;
using Orleans.Storage;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A grain storage over another one, which tells of each write whose it is, and lets a test fail those of some.</summary>
internal sealed class WatchedStorage(IGrainStorage inner) : IGrainStorage
{
    /// <summary>Called before a record is written; may throw.</summary>
    public Func<GrainId, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>What was written, one after the other.</summary>
    public ConcurrentQueue<(GrainId Record, object? State)> Written { get; } = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await BeforeWrite(grainId);
        Written.Enqueue((grainId, grainState.State));
        await inner.WriteStateAsync(stateName, grainId, grainState);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, grainId, grainState);
}
