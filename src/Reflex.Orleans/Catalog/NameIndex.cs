using System.Collections.Immutable;

namespace Reflex.Orleans.Catalog;

/// <summary>What the catalog holds, by name and in the order of the names.</summary>
/// <param name="entries">What it begins with; of two of one name the first counts.</param>
internal sealed class NameIndex<TName, TEntry>(params IEnumerable<KeyValuePair<TName, TEntry>> entries)
    where TName : struct, IComparable<TName>
    where TEntry : class
{
    private readonly SortedList<TName, TEntry> _entries = new(entries.DistinctBy(entry => entry.Key).ToDictionary());
    private ImmutableArray<TEntry>? _all;

    public int Count => _entries.Count;

    /// <summary>Everything, made once after each change.</summary>
    public ImmutableArray<TEntry> All => _all ??= [.. _entries.Values];

    public TEntry? Find(TName name) => _entries.GetValueOrDefault(name);

    public void Add(TName name, TEntry entry)
    {
        _entries.Add(name, entry);
        _all = null;
    }

    public void Remove(TName name)
    {
        _entries.Remove(name);
        _all = null;
    }

    /// <summary>The names next to one that isn't there.</summary>
    public NameSample Near(TName name)
    {
        var count = Math.Min(Count, NameSample.MaxNames);
        var first = Math.Clamp(PlaceOf(name) - (count / 2), 0, Count - count);
        return new NameSample([.. Enumerable.Range(first, count).Select(i => _entries.GetKeyAtIndex(i).ToString()!)], Count - count);
    }

    /// <summary>How many names come before one.</summary>
    private int PlaceOf(TName name)
    {
        var (from, to) = (0, Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = _entries.GetKeyAtIndex(middle).CompareTo(name) < 0 ? (middle + 1, to) : (from, middle);
        }

        return from;
    }
}
