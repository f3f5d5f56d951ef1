using Reflex.Cluster.Tests.History;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Checking;

/// <summary>The log, by place and by identity.</summary>
internal sealed class LoggedEvents
{
    private readonly List<Identity>[] _partitions;
    private readonly Dictionary<Identity, EventPosition> _positions = [];

    public LoggedEvents(RecordedRun run)
    {
        _partitions = [.. Enumerable.Range(0, run.Partitions).Select(_ => new List<Identity>())];
        foreach (var (partition, id, identity) in run.Log)
        {
            if (id != Head(partition) + 1)
            {
                Gaps.Add($"After {partition}/{Head(partition)} the log has {partition}/{id}.");
            }

            var position = new EventPosition(partition, new EventId(id));
            if (!_positions.TryAdd(identity, position))
            {
                var first = _positions[identity];
                Repeats.Add($"Event {identity} is in the log as {first.Partition}/{first.Id} and as {partition}/{id}.");
            }

            _partitions[partition].Add(identity);
        }
    }

    /// <summary>Where ids don't follow one another.</summary>
    public List<string> Gaps { get; } = [];

    /// <summary>What is in it more than once.</summary>
    public List<string> Repeats { get; } = [];

    public IEnumerable<Identity> All => _positions.Keys;

    public long Head(int partition) => _partitions[partition].Count;

    public Identity? Find(int partition, long id) =>
        partition >= 0 && partition < _partitions.Length && id >= 1 && id <= Head(partition) ? _partitions[partition][(int)id - 1] : null;

    public EventPosition? Find(Identity identity) => _positions.TryGetValue(identity, out var position) ? position : null;
}
