namespace Reflex.Cluster.Tests.Load;

public sealed class ProgressTests
{
    private static readonly Follower Reader = new(Role.Reader, "sse", 0);
    private static readonly Follower Consumer = new(Role.Consumer, "class", 1);

    private readonly Progress _progress = new(2);

    public ProgressTests()
    {
        _progress.AddAppender("a");
        _progress.AddAppender("b");
        _progress.AddFollower(Reader);
        _progress.AddFollower(Consumer);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_HaveGoneOn_WhenEveryFollowerIsAtAnEventThatWasAppendedSince()
    {
        _progress.Reached(Reader, 5, Clock.Now);
        _progress.Mark();
        var waiting = _progress.WaitAsync(TimeSpan.FromMinutes(1), Token);

        _progress.Reached(Consumer, 7, Clock.Now);
        _progress.Appended("a", 0, 6, Clock.Now);
        _progress.Appended("a", 0, 8, Clock.Now);
        _progress.Appended("b", 1, 7, Clock.Now);
        Assert.False(waiting.IsCompleted);
        _progress.Reached(Reader, 6, Clock.Now);

        Assert.True((await waiting).All >= TimeSpan.Zero);
    }

    [Fact]
    public async Task Appender_ThatDoesNotGoOn_IsNamed()
    {
        _progress.Mark();
        _progress.Appended("a", 0, 1, Clock.Now);

        var error = await Assert.ThrowsAsync<TimeoutException>(() => _progress.WaitAsync(TimeSpan.Zero, Token));

        Assert.Contains("appender b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consumer_ThatIsNotThereYet_IsNamedWithItsPlace()
    {
        _progress.Mark();
        _progress.Appended("a", 0, 1, Clock.Now);
        _progress.Appended("b", 1, 2, Clock.Now);
        _progress.Reached(Reader, 1, Clock.Now);
        _progress.Reached(Consumer, 1, Clock.Now);

        var error = await Assert.ThrowsAsync<TimeoutException>(() => _progress.WaitAsync(TimeSpan.Zero, Token));

        Assert.EndsWith("no progress of Consumer class/1 (at 1 of 2).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_ThatBeganBefore_TellsNothing()
    {
        var before = Clock.Now;
        _progress.Mark();
        _progress.Appended("a", 0, 1, before - 1);

        var error = await Assert.ThrowsAsync<TimeoutException>(() => _progress.WaitAsync(TimeSpan.Zero, Token));

        Assert.Contains("appender a", error.Message, StringComparison.Ordinal);
    }
}
