using Reflex.Cluster.Tests.Faults;
using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

/// <summary>Follows what one consumer handles of one partition.</summary>
/// <remarks>
/// For the first time events are handled in their order. Again they are handled from the stored cursor on, where another activation was
/// before. That one's events since its cursor was stored are at most those of the flush window, which can be told where it had been killed
/// by then: one that goes on, as a silo that was frozen does until it hears of its death, may store its cursor before the other one can,
/// and the two then handle the same events in turns.
/// </remarks>
internal sealed class ConsumerPart(RecordedRun run, string consumer, int partition)
{
    // An event is noted before it is handled and the cursor moves after it, with any pause between them. So of events in a row the first
    // one's move came before the second was noted, and the last one began after the one before had moved: those between are in the window.
    private const int FewEvents = 4;

    // Of two clocks that are read one after the other.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(2);

    // Of each event the last time, and whose; that of event n is at n - 1.
    private readonly List<long> _handledAt = [];
    private readonly List<int> _handledBy = [];
    private readonly Dictionary<int, long> _lastOfLives = [];

    public int Partition => partition;

    public long Head => _handledAt.Count;

    public IEnumerable<string> Add(HandledEvent e)
    {
        var (life, _, id, at) = e;
        var wrong = new List<string>();
        if (id < 1 || id > Head + 1)
        {
            wrong.Add($"The consumer '{consumer}' handled {partition}/{id} when the newest one handled was {partition}/{Head}.");
        }

        if (id >= 1 && id <= Head)
        {
            Repeat(e, wrong);
            (_handledAt[(int)id - 1], _handledBy[(int)id - 1]) = (at, life);
        }

        for (var next = Head + 1; next <= id; next++)
        {
            _handledAt.Add(at);
            _handledBy.Add(life);
        }

        _lastOfLives[life] = id;
        return wrong;
    }

    private void Repeat(HandledEvent e, List<string> wrong)
    {
        if (!run.Faults.Any(fault => fault.Kind.MayRepeat() && fault.Began <= e.At && e.At <= fault.Settled))
        {
            wrong.Add($"The consumer '{consumer}' handled {partition}/{e.Id} again in life {e.Life}, and no fault was the reason.");
        }

        var goesOn = _lastOfLives.GetValueOrDefault(e.Life) == e.Id - 1;
        var count = Head - e.Id + 1;
        if (goesOn || count < FewEvents || !run.Killed.TryGetValue(_handledBy[^1], out var killed) || killed > e.At)
        {
            return;
        }

        var before = _handledBy[^1];
        var span = Clock.Span(_handledAt[(int)Head - 2] - _handledAt[(int)e.Id]);
        if (_handledBy.Skip((int)e.Id - 1).All(life => life == before) && span > run.FlushWindow + run.StoringTime + Rounding)
        {
            wrong.Add(
                $"The consumer '{consumer}' handled {count} events again in life {e.Life}, from {partition}/{e.Id} on, which the killed "
                + $"life {before} had handled in {span.TotalMilliseconds:F0} ms: more than the flush window.");
        }
    }
}
