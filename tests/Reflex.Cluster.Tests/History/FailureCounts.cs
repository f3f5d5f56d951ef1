using System.Collections.Concurrent;

namespace Reflex.Cluster.Tests.History;

/// <summary>How appends and readings failed. Thread-safe.</summary>
internal sealed class FailureCounts
{
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentDictionary<string, string> _unexpected = new();

    private int _appends;

    /// <summary>How many appends failed, whatever became of their events.</summary>
    public int Appends => Volatile.Read(ref _appends);

    /// <summary>
    /// What must not happen, whatever the fault: errors that don't say that trying again may help. Of each kind the first.
    /// </summary>
    public IEnumerable<string> Unexpected => _unexpected.Values;

    public IEnumerable<KeyValuePair<string, int>> All => _counts.OrderByDescending(count => count.Value);

    public void AddAppend(string who, Exception error)
    {
        Interlocked.Increment(ref _appends);
        Add(who, error);
    }

    public void Add(string who, Exception error)
    {
        // Of all partitions as one.
        var kind = $"{who.Split('/')[0]}: {Failures.Name(error)}";
        _counts.AddOrUpdate(kind, 1, (_, count) => count + 1);
        if (!Failures.MayPass(error))
        {
            _unexpected.TryAdd(kind, $"{who}: {error}");
        }
    }
}
