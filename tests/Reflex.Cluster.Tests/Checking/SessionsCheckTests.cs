using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

public sealed class SessionsCheckTests
{
    private static readonly HandledEvent[] Before = [.. Enumerable.Range(1, 6).Select(id => Runs.One(life: 1, id))];

    private static readonly HandledEvent[] Again = [.. Enumerable.Range(3, 8).Select(id => Runs.One(life: 2, id, at: 1000 + id))];

    [Fact]
    public void Check_SessionThatBeginsWhereTheCursorWas_IsRight() => Assert.Empty(Check([.. Before, .. Again]));

    [Fact]
    public void Check_EventThatWasPassedOverBetweenSessions_IsFound() =>
        AssertFound([.. Before, .. Again.Skip(5)], "The consumer 'outside' handled 0/8 in session 2 after 0/6.");

    [Fact]
    public void Check_EventThatWasPassedOverInASession_IsFound() =>
        AssertFound([.. Before, Again[0], .. Again.Skip(2)], "The consumer 'outside' handled 0/5 in session 2 after 0/3.");

    [Fact]
    public void Check_RepeatInASession_IsFound() =>
        AssertFound([.. Before, Before[5], .. Again], "The consumer 'outside' handled 0/6 in session 1 after 0/6.");

    [Fact]
    public void Check_EventsThatWereNotHandled_AreFound() => AssertFound(Before, "The consumer 'outside' ended at 0/6 of 10.");

    private static void AssertFound(HandledEvent[] handled, string expected) =>
        Assert.Contains(Check(handled), found => found.Contains(expected, StringComparison.Ordinal));

    private static IReadOnlyList<string> Check(HandledEvent[] handled) =>
        Checker.Check(Runs.Right() with { Sessions = new Dictionary<string, IEnumerable<HandledEvent>> { ["outside"] = handled } });
}
