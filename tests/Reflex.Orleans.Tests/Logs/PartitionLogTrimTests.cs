using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Logs;

public sealed class PartitionLogTrimTests
{
    private static readonly Retention AnHour = new() { MaxAge = TimeSpan.FromHours(1) };

    [Fact]
    public async Task TrimAsync_AppendsWait_TheyGoBeforeTheNextPiece()
    {
        await using var partition = await TestPartition.OpenAsync();
        for (var i = 0; i < 30; i++)
        {
            await partition.AppendAsync();
        }

        partition.Clock.Advance(TimeSpan.FromHours(2));
        var piece = partition.Script.BeforeTrim = new Gate();
        var trimming = partition.TrimAsync(AnHour, CancellationToken.None);
        var seen = new List<(long Before, long After, bool IsAppended)>();
        for (var i = 0; i < 3; i++)
        {
            await piece.Arrived;
            var before = partition.Log.Bounds.Head.Value;
            var append = partition.AppendAsync();
            var next = new Gate();
            partition.Script.BeforeTrim = next;
            piece.Open();
            piece = next;
            await piece.Arrived;
            seen.Add((before, partition.Log.Bounds.Head.Value, append.IsCompletedSuccessfully));
        }

        var (isTrimming, oldest) = (!trimming.IsCompleted, partition.Log.Bounds.Oldest.Value);
        piece.Open();
        await trimming;
        Assert.Equal([(30, 31, true), (31, 32, true), (32, 33, true)], seen);
        Assert.True(isTrimming);
        Assert.InRange(oldest, 2, 30);
        Assert.Equal((31, 33), (partition.Log.Bounds.Oldest.Value, partition.Log.Bounds.Head.Value));
    }

    [Fact]
    public async Task TrimAsync_ClockIsAheadForAMoment_KeepsWhatIsYoung()
    {
        var clock = new SettableClock(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var partition = await TestPartition.OpenAsync(clock: clock);
        await partition.AppendAsync(3);
        clock.Set(TimeSpan.FromDays(30 * 365));
        await partition.AppendAsync();
        await partition.TrimAsync(AnHour, CancellationToken.None);
        Assert.Equal((1, 4), (partition.Log.Bounds.Oldest.Value, partition.Log.Bounds.Head.Value));
        clock.Set(TimeSpan.FromDays(-30 * 365));

        clock.Advance(TimeSpan.FromMinutes(30));
        await partition.TrimAsync(AnHour, CancellationToken.None);
        Assert.Equal(1, partition.Log.Bounds.Oldest.Value);
        clock.Advance(TimeSpan.FromMinutes(31));
        await partition.TrimAsync(AnHour, CancellationToken.None);
        Assert.Equal(4, partition.Log.Bounds.Oldest.Value);
        clock.Advance(TimeSpan.FromMinutes(61));
        await partition.TrimAsync(AnHour, CancellationToken.None);
        Assert.Equal(5, partition.Log.Bounds.Oldest.Value);
    }

    /// <summary>A retention that was set by mistake, and taken back, removes no more.</summary>
    [Fact]
    public async Task TrimAsync_RetentionThatIsChangedMeanwhile_GoesByTheNewOne()
    {
        await using var partition = await TestPartition.OpenAsync();
        for (var i = 0; i < 30; i++)
        {
            await partition.AppendAsync();
        }

        partition.Clock.Advance(TimeSpan.FromHours(2));
        Retention? retention = AnHour;
        var piece = partition.Script.BeforeTrim = new Gate();
        var trimming = partition.TrimAsync(() => retention, CancellationToken.None);
        await piece.Arrived;
        retention = null;
        piece.Open();
        await trimming;
        Assert.InRange(partition.Log.Bounds.Oldest.Value, 2, 30);
    }

    [Fact]
    public async Task TrimAsync_CancelledBetweenTwoPieces_Ends()
    {
        await using var partition = await TestPartition.OpenAsync();
        for (var i = 0; i < 30; i++)
        {
            await partition.AppendAsync();
        }

        partition.Clock.Advance(TimeSpan.FromHours(2));
        using var cancelling = new CancellationTokenSource();
        var piece = partition.Script.BeforeTrim = new Gate();
        var trimming = partition.TrimAsync(AnHour, cancelling.Token);
        await piece.Arrived;
        await cancelling.CancelAsync();
        piece.Open();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trimming);
        Assert.InRange(partition.Log.Bounds.Oldest.Value, 2, 30);
        await partition.AppendAsync();
    }
}
