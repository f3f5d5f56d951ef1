using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

/// <summary>Each check finds what it is for.</summary>
public sealed class CheckerTests
{
    private static RecordedRun Right => Runs.Right();

    [Fact]
    public void Check_RightRun_FindsNothing() => Assert.Empty(Checker.Check(Right));

    [Fact]
    public void Check_EventThatFailedAndIsThere_IsRight() => Assert.Empty(Checker.Check(Right with
    {
        Answers = [.. Right.Answers.Where(answer => answer.Identity != Runs.Name(4)), Runs.Failed(4), Runs.Failed(11)],
    }));

    [Fact]
    public void Check_GapInTheLog_IsFound() => AssertFound(
        Right with { Log = Runs.Seen([1, 2, 4, 5, 6, 7, 8, 9, 10]) }, "After 0/2 the log has 0/4.");

    [Fact]
    public void Check_AcknowledgedEventThatIsLost_IsFound() => AssertFound(
        Right with { Answers = [.. Right.Answers, Runs.Acknowledged(11, 11)] }, "Event 0:10 was acknowledged as 0/11, and is lost.");

    [Fact]
    public void Check_AnsweredWithAnotherId_IsFound() => AssertFound(
        Right with { Answers = [.. Right.Answers.Skip(1), Runs.Acknowledged(1, 2)] }, "Event 0:0 was acknowledged as 0/2, and is 0/1.");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Check_EventThatIsThereTwice_IsFound(bool isAcknowledged) => AssertFound(
        Right with
        {
            Answers = [.. Right.Answers.Skip(1), isAcknowledged ? Runs.Acknowledged(1, 1) : Runs.Failed(1)],
            Log = [.. Right.Log.Take(9), new SeenEvent(0, 10, Runs.Name(1))],
        },
        "Event 0:0 is in the log as 0/1 and as 0/10.");

    [Fact]
    public void Check_EventThatNobodyAppended_IsFound() => AssertFound(
        Right with { Answers = [.. Right.Answers.Take(9)] }, "Event 0:9 is in the log, and nobody has appended it.");

    [Fact]
    public void Check_ReaderThatMissedAnEvent_IsFound() => AssertReader([1, 2, 4, 5, 6, 7, 8, 9, 10], "saw 0/4 after 0/2");

    [Fact]
    public void Check_ReaderWhoseCursorMovedBack_IsFound() => AssertReader([1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10], "saw 0/3 after 0/3");

    [Fact]
    public void Check_ReaderThatDidNotSeeAll_IsFound() => AssertReader([1, 2, 3, 4, 5, 6, 7, 8, 9], "ended at 0/9 of 10");

    [Fact]
    public void Check_ReaderOfAnotherOrder_IsFound()
    {
        var seen = Runs.Seen(Enumerable.Range(1, Runs.Events));
        (seen[3], seen[4]) = (seen[3] with { Identity = seen[4].Identity }, seen[4] with { Identity = seen[3].Identity });
        AssertFound(
            Right with { Readers = new Dictionary<string, IEnumerable<SeenEvent>> { ["reader"] = seen } },
            "The reader 'reader' saw 0:4 as 0/4, where the log has 0:3.");
    }

    [Fact]
    public void Check_StoredCursorThatMovedBack_IsFound() => AssertFound(
        Right with { Moves = [Runs.Move(5, at: 60), Runs.Move(4, at: 80)] }, "The cursor of 'consumer' moved back from 0/5 to 0/4.");

    [Fact]
    public void Check_StoredCursorBeyondWhatWasHandled_IsFound() => AssertFound(
        Right with { Moves = [Runs.Move(5, at: 45)] }, "The cursor of 'consumer' was 0/5 when it had handled up to 0/4.");

    private static void AssertReader(int[] ids, string wrong) => AssertFound(
        Right with { Readers = new Dictionary<string, IEnumerable<SeenEvent>> { ["reader"] = Runs.Seen(ids) } }, wrong);

    private static void AssertFound(RecordedRun run, string wrong) => Assert.Contains(wrong, string.Join('\n', Checker.Check(run)));
}
