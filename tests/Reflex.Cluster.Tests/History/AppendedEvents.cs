using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.History;

/// <summary>What one appender has appended, eight bytes for each event. Thread-safe.</summary>
/// <param name="appender">The appender's number.</param>
internal sealed class AppendedEvents(int appender)
{
    private const int PartitionShift = 48;

    private readonly Lock _lock = new();

    // The partition above the id; 0 for what has no answer.
    private readonly List<long> _answers = [];

    public int Acknowledged { get; private set; }

    /// <summary>Begins an append of some events; answers the first one's number.</summary>
    public long Begin(int count)
    {
        lock (_lock)
        {
            var first = _answers.Count;
            _answers.AddRange(Enumerable.Repeat(0L, count));
            return first;
        }
    }

    public void Acknowledge(long first, IReadOnlyList<EventPosition> positions)
    {
        lock (_lock)
        {
            for (var i = 0; i < positions.Count; i++)
            {
                _answers[(int)first + i] = ((long)positions[i].Partition << PartitionShift) | positions[i].Id.Value;
            }

            Acknowledged += positions.Count;
        }
    }

    public IEnumerable<Answer> Answers() => _answers.Select((answer, number) => new Answer(
        new Identity(appender, number),
        answer == 0 ? null : new EventPosition((int)(answer >> PartitionShift), new EventId(answer & ((1L << PartitionShift) - 1)))));
}
