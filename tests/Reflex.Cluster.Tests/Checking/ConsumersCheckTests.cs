using Reflex.Cluster.Tests.Faults;
using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

public sealed class ConsumersCheckTests
{
    // A life that was killed at 60 ms, with the cursor at 2.
    private static readonly HandledEvent[] Before = [.. Enumerable.Range(1, 6).Select(id => Runs.One(life: 0, id))];

    private static readonly HandledEvent[] Again = [.. Enumerable.Range(3, 8).Select(id => Runs.One(life: 1, id, at: 1000 + id))];

    private static readonly RecordedRun Killed =
        Runs.Right() with { Faults = [Runs.Kill], Killed = new Dictionary<int, long> { [0] = 60_000 }, Moves = [] };

    [Fact]
    public void Check_RepeatAfterAKill_IsRight() => AssertRight(Killed, [.. Before, .. Again]);

    [Fact]
    public void Check_RepeatOfMoreThanTheWindow_IsFound() => AssertFound(
        Killed with { FlushWindow = TimeSpan.FromMilliseconds(5) },
        [.. Before, .. Again],
        "The consumer 'consumer' handled 4 events again in life 1, from 0/3 on, which the killed life 0 had handled in 10 ms");

    [Fact]
    public void Check_RepeatWithoutAFault_IsFound() => AssertFound(
        Killed with { Faults = [] }, [.. Before, .. Again], "handled 0/3 again in life 1, and no fault was the reason");

    [Fact]
    public void Check_RepeatAfterAStopInOrder_IsFound() => AssertFound(
        Killed with { Faults = [Runs.Kill with { Kind = FaultKind.SiloStopped }] }, [.. Before, .. Again], "and no fault was the reason");

    [Fact]
    public void Check_RepeatLongAfterAFault_IsFound() => AssertFound(
        Killed with { Faults = [Runs.Kill with { Settled = 500_000 }] }, [.. Before, .. Again], "and no fault was the reason");

    [Fact]
    public void Check_EventThatWasPassedOver_IsFound() => AssertFound(
        Killed, [.. Before, .. Again.Skip(5)], "handled 0/8 when the newest one handled was 0/6");

    [Fact]
    public void Check_EventsThatWereNotHandled_AreFound() => AssertFound(Killed, Before, "ended at 0/6 of 10");

    [Fact]
    public void Check_FrozenLifeThatGoesOnForAMoment_IsRight() => AssertRight(
        Killed, [.. Before, .. Again, .. Enumerable.Range(7, 4).Select(id => Runs.One(life: 0, id, at: 2000 + id))]);

    [Fact]
    public void Check_FrozenLifeThatGoesOnForLong_IsFound() => AssertFound(
        Killed with { Faults = [Runs.Kill with { Settled = 2_000_000 }] },
        [.. Before, .. Again, .. Enumerable.Range(7, 4).Select(id => Runs.One(life: 0, id, at: 2000 + id))],
        "handled 0/7 again in life 0, and no fault was the reason");

    [Fact]
    public void Check_OfALifeThatMayHaveGoneOn_TheWindowIsNotKnown() => AssertRight(
        Killed with { Killed = new Dictionary<int, long>(), FlushWindow = TimeSpan.FromMilliseconds(5) }, [.. Before, .. Again]);

    [Fact]
    public void Check_OfALifeThatWasKilledLater_TheWindowIsNotKnown() => AssertRight(
        Killed with
        {
            Killed = new Dictionary<int, long> { [0] = Again[0].At + 1 }, FlushWindow = TimeSpan.FromMilliseconds(5),
        },
        [.. Before, .. Again]);

    private static void AssertRight(RecordedRun run, HandledEvent[] handled) =>
        Assert.Empty(Checker.Check(run with { Consumers = Runs.Handled(handled) }));

    private static void AssertFound(RecordedRun run, HandledEvent[] handled, string wrong) =>
        Assert.Contains(wrong, string.Join('\n', Checker.Check(run with { Consumers = Runs.Handled(handled) })));
}
