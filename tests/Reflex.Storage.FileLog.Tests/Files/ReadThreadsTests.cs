using Reflex.Storage.FileLog.Files;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Files;

public sealed class ReadThreadsTests : IDisposable
{
    private readonly ReadThreads _threads = new(limit: 1, maxWaiting: 3);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _goesOn = new();
    private readonly List<string> _ran = [];
    private readonly ReadQueue _queue;
    private readonly ReadQueue _other;

    public ReadThreadsTests()
    {
        _queue = new ReadQueue(_threads, new PartitionId("orders", 3));
        _other = new ReadQueue(_threads, new PartitionId("orders", 4));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _goesOn.Set();
        _threads.Dispose();
    }

    [Fact]
    public async Task RunAsync_AnswersWhatWasRead() => Assert.Equal(42, await _queue.RunAsync(() => 42, Token));

    [Fact]
    public async Task RunAsync_InTwoQueues_TakesTurns()
    {
        var first = await HoldAsync();
        Task[] reads = [RunAsync(_queue, "1"), RunAsync(_queue, "2"), RunAsync(_other, "of the other")];
        _goesOn.Set();
        await Task.WhenAll([first, .. reads]);
        Assert.Equal(["1", "of the other", "2"], _ran);
    }

    [Fact]
    public async Task RunAsync_WithMoreThanMayWait_FailsUntilOneLeaves()
    {
        var first = await HoldAsync();
        using var cancellation = new CancellationTokenSource();
        Task[] reads = [RunAsync(_queue, "1"), RunAsync(_other, "2")];
        var cancelled = _queue.RunAsync(() => 0, cancellation.Token);
        var error = await Assert.ThrowsAsync<LogFailedException>(() => RunAsync(_other, "3"));
        Assert.Equal(
            "The log of orders/4 has failed: 3 reads wait for the disk already; ask again a little later.", error.Message);
        Assert.True(error.IsTransient);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var last = RunAsync(_other, "4");
        _goesOn.Set();
        await Task.WhenAll([first, .. reads, last]);
        Assert.Equal(["1", "2", "4"], _ran);
    }

    [Fact]
    public async Task RunAsync_OfOneThatIsCancelledAlready_NeverRuns()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _queue.RunAsync<bool>(() => throw new InvalidOperationException("Ran."), new CancellationToken(canceled: true)));
        await RunAsync(_queue, "next");
    }

    [Fact]
    public async Task RunAsync_OfOneThatFails_FailsAloneAndTheThreadGoesOn()
    {
        var error = new IOException("Simulated.");
        var failed = _queue.RunAsync<int>(() => throw error, Token);
        await RunAsync(_queue, "next");
        Assert.Same(error, await Assert.ThrowsAsync<IOException>(() => failed));
    }

    [Fact]
    public async Task CloseAsync_RefusesWhatWaits_AndWaitsForWhatRuns()
    {
        var first = await HoldAsync();
        var waiting = RunAsync(_queue, "refused");
        var other = RunAsync(_other, "of the other");
        var closing = _queue.CloseAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => RunAsync(_queue, "late"));
        Assert.False(closing.IsCompleted);
        _goesOn.Set();
        await closing;
        await Task.WhenAll(first, other);
        Assert.Equal(["of the other"], _ran);
    }

    [Fact]
    public async Task Dispose_LetsWhatWaitsRun_AndRefusesTheRest()
    {
        var first = await HoldAsync();
        var waiting = RunAsync(_queue, "waited");
        _threads.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => RunAsync(_other, "late"));
        _goesOn.Set();
        await Task.WhenAll(first, waiting);
        Assert.Equal(["waited"], _ran);
    }

    /// <summary>A read that has the one thread until the test lets it go on.</summary>
    private async Task<Task> HoldAsync()
    {
        var held = _queue.RunAsync(
            () =>
            {
                _reached.SetResult();
                _goesOn.Wait();
                return true;
            },
            Token);
        await _reached.Task;
        return held;
    }

    private Task RunAsync(ReadQueue queue, string name) => queue.RunAsync(
        () =>
        {
            _ran.Add(name);
            return true;
        },
        Token);
}
