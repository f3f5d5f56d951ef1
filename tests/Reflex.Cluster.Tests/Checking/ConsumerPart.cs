using Reflex.Cluster.Tests.Faults;
using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

/// <summary>Follows what one consumer handles of one partition.</summary>
/// <remarks>
/// For the first time events are handled in their order. A life of a silo handles events again either from the stored cursor on, where
/// another activation was before; or because it goes on though another one has taken over, as a silo that was frozen does until it hears of
/// it. In both an activation's events between two stored cursors are at most those of the flush window.
/// </remarks>
internal sealed class ConsumerPart(RecordedRun run, string consumer, int partition)
{
    // An event is noted before it is handled and the cursor moves after it, with any pause between them. So of events in a row the first
    // one's move came before the second was noted, and the last one began after the one before had moved: those between are in the window.
    private const int FewEvents = 4;

    // Of two clocks that are read one after the other.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(2);

    // Of each event the last time; that of event n is at n - 1.
    private readonly List<long> _handledAt = [];
    private readonly Dictionary<int, Going> _lives = [];
    private int _lifeAtHead;

    public int Partition => partition;

    public long Head => _handledAt.Count;

    public IEnumerable<string> Add(HandledEvent e)
    {
        var (life, _, id, at) = e;
        var before = _lives.GetValueOrDefault(life);
        var goesOn = before is not null && before.Last == id - 1;
        var wrong = new List<string>();
        if (id < 1 || id > Head + 1)
        {
            wrong.Add($"The consumer '{consumer}' handled {partition}/{id} when the newest one handled was {partition}/{Head}.");
            _handledAt.AddRange(Enumerable.Repeat(at, (int)Math.Max(0, id - Head - 1)));
        }

        var now = new Going(id);
        if (id > 0 && id <= Head)
        {
            if (!run.Faults.Any(fault => fault.Kind.MayRepeat() && fault.Began <= at && at <= fault.Settled))
            {
                wrong.Add($"The consumer '{consumer}' handled {partition}/{id} again in life {life}, and no fault was the reason.");
            }

            now = goesOn ? GoOn(before!, e, wrong) : Restart(e, wrong);
            _handledAt[(int)id - 1] = at;
        }
        else if (id > 0)
        {
            _handledAt.Add(at);
        }

        if (id == Head)
        {
            _lifeAtHead = life;
        }

        _lives[life] = now;
        return wrong;
    }

    private Going Restart(HandledEvent e, List<string> wrong)
    {
        // Of another life that may go on still, it isn't known what it had stored when this one read the cursor.
        var isOver = _lifeAtHead == e.Life || run.Killed.Contains(_lifeAtHead);
        if (isOver && Head - e.Id + 1 >= FewEvents)
        {
            Require(_handledAt[(int)Head - 2] - _handledAt[(int)e.Id], Head - e.Id + 1, e, wrong);
        }

        return new Going(e.Id) { RepeatsUntil = Head };
    }

    private Going GoOn(Going before, HandledEvent e, List<string> wrong)
    {
        if (e.Id <= before.RepeatsUntil)
        {
            return before with { Last = e.Id };
        }

        var count = before.Stale + 1;
        if (count >= FewEvents)
        {
            Require(before.LastAt - before.SecondAt, count, e, wrong);
        }

        return new Going(e.Id) { Stale = count, SecondAt = count == 2 ? e.At : before.SecondAt, LastAt = e.At };
    }

    private void Require(long span, long count, HandledEvent e, List<string> wrong)
    {
        if (Clock.Span(span) > run.FlushWindow + Rounding)
        {
            wrong.Add(
                $"The consumer '{consumer}' handled {count} events again in life {e.Life}, at {partition}/{e.Id}, which took "
                + $"{Clock.Span(span).TotalMilliseconds:F0} ms: more than the flush window.");
        }
    }

    /// <summary>How far a life is.</summary>
    private sealed record Going(long Last)
    {
        /// <summary>Up to where it handles again what came after the stored cursor.</summary>
        public long RepeatsUntil { get; init; }

        /// <summary>How many events it has handled in a row that another one had handled meanwhile.</summary>
        public int Stale { get; init; }

        public long SecondAt { get; init; }

        public long LastAt { get; init; }
    }
}
