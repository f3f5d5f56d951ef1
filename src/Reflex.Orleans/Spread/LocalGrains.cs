using System.Collections.Concurrent;

namespace Reflex.Orleans.Spread;

/// <summary>The partitions and consumers that are active in this silo. Thread-safe.</summary>
internal sealed class LocalGrains
{
    private readonly ConcurrentDictionary<MovableGrain, bool> _all = new();

    public bool IsEmpty => _all.IsEmpty;

    public int Count(MovableKind kind) => _all.Count(grain => grain.Key.Kind == kind);

    public void Add(MovableGrain grain) => _all.TryAdd(grain, true);

    public void Remove(MovableGrain grain) => _all.TryRemove(grain, out _);

    public IReadOnlyList<MovableGrain> Of(MovableKind kind) => [.. _all.Keys.Where(grain => grain.Kind == kind)];
}
