using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Reflex.Retries;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Tests.Retries;

public sealed class RetryTests
{
    private static readonly Exception Passing = new ClusterUnavailableException("read orders/3", new TimeoutException());

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeLogger _logger = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Exception> Lasting =>
    [
        new ArgumentException("Simulated."),
        new NullReferenceException(),
        new InvalidCastException(),
        new ObjectDisposedException("client"),
        new InvalidOperationException(),
        new IOException("Simulated."),
        new TimeoutException(),
        new OperationCanceledException(),
        new LogCorruptedException("Simulated."),
        new StreamStoppedException("orders"),
    ];

    [Theory]
    [MemberData(nameof(Lasting), DisableDiscoveryEnumeration = true)]
    public async Task PauseAsync_OfWhatDoesNotPass_ThrowsItAtOnce(Exception error)
    {
        Assert.False(Retry.MayPass(error));
        Assert.Same(error, await Assert.ThrowsAnyAsync<Exception>(() => New(giveUpAfter: null).PauseAsync(error, What, Token)));
        Assert.Equal(0, _logger.Collector.Count);
    }

    [Fact]
    public async Task PauseAsync_OfWhatMayPass_WaitsLongerAfterEachFailureAndTellsIt()
    {
        var retry = New(giveUpAfter: null);
        foreach (var seconds in new[] { 1, 2, 4, 4 })
        {
            await PauseAsync(retry, TimeSpan.FromSeconds(seconds));
            Assert.Equal(LogLevel.Warning, _logger.LatestRecord.Level);
            Assert.Equal($"Could not read orders/3; it is tried again in 00:00:0{seconds}.", _logger.LatestRecord.Message);
            Assert.Same(Passing, _logger.LatestRecord.Exception);
        }

        Assert.Equal(4, retry.Failures);
    }

    [Fact]
    public async Task PauseAsync_WhenTheTimeSinceTheFirstFailureIsOver_ThrowsTheLastOne()
    {
        var retry = New(giveUpAfter: TimeSpan.FromSeconds(7));
        foreach (var seconds in new[] { 1, 2 })
        {
            await PauseAsync(retry, TimeSpan.FromSeconds(seconds));
        }

        // Before the seven seconds, and so waited out.
        await PauseAsync(retry, TimeSpan.FromSeconds(4));
        var last = new LogFailedException(new PartitionId("orders", 3), "its silo is stopping; ask again.");
        Assert.Same(last, await Assert.ThrowsAsync<LogFailedException>(() => retry.PauseAsync(last, What, Token)));
    }

    [Fact]
    public async Task PauseAsync_AfterProgress_CountsAnew()
    {
        var retry = New(giveUpAfter: TimeSpan.FromSeconds(3));
        await PauseAsync(retry, TimeSpan.FromSeconds(1));
        await PauseAsync(retry, TimeSpan.FromSeconds(2));
        retry.OnProgress();
        Assert.Equal(0, retry.Failures);
        await PauseAsync(retry, TimeSpan.FromSeconds(1));
        await PauseAsync(retry, TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => retry.PauseAsync(Passing, What, Token));
    }

    [Fact]
    public async Task PauseAsync_WithoutTime_TriesNothingAgain() =>
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => New(TimeSpan.Zero).PauseAsync(Passing, What, Token));

    [Fact]
    public async Task PauseAsync_Cancelled_Ends()
    {
        using var cancellation = new CancellationTokenSource();
        var pause = New(giveUpAfter: null).PauseAsync(Passing, What, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pause);
    }

    [Fact]
    public void OnFailure_OfAnyError_SaysHowLongToWait()
    {
        var retry = New(giveUpAfter: TimeSpan.Zero);
        Assert.Equal([1, 2, 4], Enumerable.Range(0, 3).Select(_ => (int)retry.OnFailure().TotalSeconds));
        retry.OnProgress();
        Assert.Equal(1, retry.OnFailure().TotalSeconds);
    }

    private static string What() => "read orders/3";

    private Retry New(TimeSpan? giveUpAfter) => new(new RetryPolicy
    {
        Backoff = new Backoff { Initial = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(4), Jitter = 0 },
        GiveUpAfter = giveUpAfter,
        TimeProvider = _clock,
        Logger = _logger,
    });

    /// <summary>A pause, which lasts exactly so long.</summary>
    private async Task PauseAsync(Retry retry, TimeSpan expected)
    {
        var pause = retry.PauseAsync(Passing, What, Token);
        _clock.Advance(expected - TimeSpan.FromMilliseconds(1));
        Assert.False(pause.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await pause;
    }
}
