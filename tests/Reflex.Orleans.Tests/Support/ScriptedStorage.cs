using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Storage;
using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A grain storage in memory with versions, whose next writes a test can hold or fail, before or after they are stored.</summary>
internal sealed class ScriptedStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (long Version, object? State)> _stored = new();
    private long _versions;
    private int _reads;
    private int _writes;

    /// <summary>Called before a write is stored.</summary>
    public Func<Task> BeforeWrite { get; set; } = () => Task.CompletedTask;

    /// <summary>Called after a write was stored and before it is answered.</summary>
    public Func<Task> AfterWrite { get; set; } = () => Task.CompletedTask;

    /// <summary>Called before a record is cleared.</summary>
    public Func<Task> BeforeClear { get; set; } = () => Task.CompletedTask;

    /// <summary>Called before a read.</summary>
    public Func<Task> BeforeRead { get; set; } = () => Task.CompletedTask;

    public int Reads => _reads;

    public int Writes => _writes;

    /// <summary>The stored cursor of a consumer on a partition; null when there is none.</summary>
    public long? CursorOf(string key) => RecordOf(key)?.Cursor;

    public bool IsStopped(string key) => RecordOf(key)?.IsStopped ?? false;

    /// <summary>Which write of all the consumer's record on a partition is of; 0 when there is none.</summary>
    public long VersionOf(string key) => Stored(key).Version;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref _reads);
        await BeforeRead();
        if (_stored.TryGetValue((stateName, grainId), out var found))
        {
            grainState.State = (T)found.State!;
            grainState.ETag = found.Version.ToString(CultureInfo.InvariantCulture);
            grainState.RecordExists = true;
        }
        else
        {
            grainState.State = Activator.CreateInstance<T>();
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await BeforeWrite();
        Interlocked.Increment(ref _writes);
        RequireVersion(stateName, grainId, grainState);
        var version = Interlocked.Increment(ref _versions);
        _stored[(stateName, grainId)] = (version, grainState.State);
        await AfterWrite();
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await BeforeClear();
        RequireVersion(stateName, grainId, grainState);
        _stored.TryRemove((stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists) = (null, false);
    }

    private void RequireVersion<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = _stored.TryGetValue((stateName, grainId), out var found) ? found.Version : 0;
        if ((grainState.ETag ?? "0") != version.ToString(CultureInfo.InvariantCulture))
        {
            throw new InconsistentStateException($"Version {version} is stored, not {grainState.ETag}.");
        }
    }

    private ConsumerRecord? RecordOf(string key) => Stored(key).State as ConsumerRecord;

    private (long Version, object? State) Stored(string key) =>
        _stored.GetValueOrDefault((StoredConsumer.StateName, StoredConsumer.RecordOf(ConsumerKey.Parse(key))));
}
