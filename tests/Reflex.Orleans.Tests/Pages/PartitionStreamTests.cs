using Reflex.Cursors;
using Reflex.Orleans.Pages;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Pages;

public sealed class PartitionStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StreamAsync_AtTheHead_HandsOutEachEventAsItIsAppended()
    {
        await using var stream = await TestStream.OpenAsync(1);
        await using var events = stream.Partition(0)("", StreamOptions.Default, Token).GetAsyncEnumerator(Token);
        for (var id = 1; id <= 20; id++)
        {
            var next = events.MoveNextAsync();
            Assert.False(next.IsCompleted);
            await stream.AppendAsync(0, $"{id}");
            Assert.True(await next);
            Assert.Equal((id, $"{id}"), (events.Current.Id.Value, events.Current.ForeignId));
            Assert.Equal($"{id}@{events.Current.Epoch:x}", events.Current.Cursor.ToString());
        }
    }

    [Fact]
    public async Task StreamAsync_FromEveryEventsCursor_GivesExactlyTheRest()
    {
        await using var stream = await TestStream.OpenAsync(1, pageBytes: 150);
        for (var i = 0; i < 10; i++)
        {
            await stream.Partitions[0].AppendAsync(1 + (i % 3));
        }

        var all = await TestStream.ReadToHeadAsync(stream.Partition(0));
        Assert.Equal(19, all.Count);
        for (var i = 0; i < all.Count; i++)
        {
            var rest = await TestStream.ReadToHeadAsync(stream.Partition(0), all[i].Cursor);
            Assert.Equal(all.Skip(i + 1).Select(e => e.Id), rest.Select(e => e.Id));
        }
    }

    [Fact]
    public async Task StreamAsync_NearTheHead_SaysThatItWouldWait()
    {
        const int Events = 40;
        await using var stream = await TestStream.OpenAsync(1, pageBytes: 1);
        for (var i = 0; i < Events; i++)
        {
            await stream.AppendAsync(0);
        }

        await using var events = stream.Partition(0)("", StreamOptions.Default, Token).GetAsyncEnumerator(Token);
        for (var i = 0; i < Events; i++)
        {
            Assert.True(await events.MoveNextAsync());
        }

        Assert.Equal(Events - PageDistance.NearPages, stream.Sources[0].AskedAtOnce);
    }

    [Fact]
    public async Task StreamAsync_OfSomeEvents_GoesOnAfterPagesWithoutAny()
    {
        await using var stream = await TestStream.OpenAsync(1, pageBytes: 1);
        foreach (var foreignId in new[] { "a", "b", "b", "a", "b", "a", "b", "b" })
        {
            await stream.AppendAsync(0, foreignId);
        }

        StreamFunc picked = new PartitionStream(new PickedPages(stream.Sources[0], "a"), stream.Clock).StreamAsync;
        var all = await TestStream.ReadToHeadAsync(picked);
        Assert.Equal([1, 4, 6], all.Select(e => e.Id.Value));
        Assert.Equal([4, 6], (await TestStream.ReadToHeadAsync(picked, all[0].Cursor)).Select(e => e.Id.Value));
        Assert.Empty(await TestStream.ReadToHeadAsync(picked, "7"));
    }

    [Fact]
    public async Task StreamAsync_ToHead_EndsThereAndNotAtAnEmptyPageAskedForAhead()
    {
        await using var stream = await TestStream.OpenAsync(1);
        Assert.Empty(await TestStream.ReadToHeadAsync(stream.Partition(0)));
        await stream.AppendAsync(0);
        await using var events = stream.Partition(0)("", new StreamOptions { ToHead = true }, Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());

        // The page after event 1 was asked for, and found empty, when event 1 was handed out.
        await stream.AppendAsync(0);
        Assert.True(await events.MoveNextAsync());
        var error = await Assert.ThrowsAsync<HeadReachedException>(async () => await events.MoveNextAsync());
        Assert.Contains("'orders'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamAsync_FromHead_OverridesTheCursor()
    {
        await using var stream = await TestStream.OpenAsync(1);
        await stream.AppendAsync(0);
        await stream.AppendAsync(0);
        await using var events = stream.Partition(0)("1", new StreamOptions { FromHead = true }, Token).GetAsyncEnumerator(Token);
        var next = events.MoveNextAsync();
        await stream.AppendAsync(0, "new");
        Assert.True(await next);
        Assert.Equal("new", events.Current.ForeignId);
    }

    [Fact]
    public async Task StreamAsync_Lag_HandsOutWhenOldEnough()
    {
        await using var stream = await TestStream.OpenAsync(1);
        var options = new StreamOptions { Lag = TimeSpan.FromSeconds(5) };
        await stream.AppendAsync(0, "old", at: stream.Clock.GetUtcNow().AddSeconds(-5));
        await stream.AppendAsync(0, "young", at: stream.Clock.GetUtcNow().AddSeconds(-2));
        await using var events = stream.Partition(0)("", options, Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());
        var next = events.MoveNextAsync();
        stream.Clock.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.False(next.IsCompleted);
        stream.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await next);
        Assert.Equal("young", events.Current.ForeignId);
    }

    [Fact]
    public async Task StreamAsync_LagToHead_EndsAtAnEventThatIsTooYoung()
    {
        await using var stream = await TestStream.OpenAsync(1);
        await stream.AppendAsync(0, "old", at: stream.Clock.GetUtcNow().AddSeconds(-5));
        await stream.AppendAsync(0, "young");
        await stream.AppendAsync(0, "old again", at: stream.Clock.GetUtcNow().AddSeconds(-5));
        var options = new StreamOptions { Lag = TimeSpan.FromSeconds(5) };
        Assert.Equal(["old"], (await TestStream.ReadToHeadAsync(stream.Partition(0), "", options)).Select(e => e.ForeignId));
    }

    [Fact]
    public async Task StreamAsync_WaitIsOver_AsksAgain()
    {
        await using var stream = await TestStream.OpenAsync(1);
        await using var events = stream.Partition(0)("", StreamOptions.Default, Token).GetAsyncEnumerator(Token);
        var next = events.MoveNextAsync();
        for (var i = 0; i < 5; i++)
        {
            stream.Clock.Advance(PartitionStream.PageWait);
        }

        await stream.AppendAsync(0);
        Assert.True(await next);
    }

    [Fact]
    public async Task StreamAsync_Cancelled_EndsAndLeavesNoReadRunning()
    {
        await using var stream = await TestStream.OpenAsync(1);
        await stream.AppendAsync(0);
        using var cancelling = new CancellationTokenSource();
        await using var events = stream.Partition(0)("", StreamOptions.Default, cancelling.Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());
        var next = events.MoveNextAsync();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.Equal(0, stream.Sources[0].Running);
    }

    [Fact]
    public async Task StreamAsync_EventAtTheHead_IsHandedOverBeforeMoreIsAskedFor()
    {
        await using var stream = await TestStream.OpenAsync(1);
        await stream.AppendAsync(0);
        await foreach (var e in stream.Partition(0)("", StreamOptions.Default, Token))
        {
            Assert.Equal(0, stream.Sources[0].Running);
            break;
        }

        Assert.Equal(0, stream.Sources[0].Running);
    }

    [Fact]
    public async Task StreamAsync_SourceFails_EndsWithItsErrorAfterWhatWasRead()
    {
        await using var stream = await TestStream.OpenAsync(1);
        await stream.AppendAsync(0);
        await using var events = stream.Partition(0)("", StreamOptions.Default, Token).GetAsyncEnumerator(Token);
        stream.Sources[0].Fault = new LogFailedException(TestPartition.Id, "gone.");
        await Assert.ThrowsAsync<LogFailedException>(async () => await events.MoveNextAsync());
    }

    [Fact]
    public async Task StreamAsync_CursorsThatDontFit_AreErrors()
    {
        await using var stream = await TestStream.OpenAsync(1);
        await stream.AppendAsync(0);
        Assert.Throws<FormatException>(() => stream.Partition(0)("1.2", StreamOptions.Default, Token));
        Assert.Equal("2", await AheadAsync("2"));
        Assert.Equal("9223372036854775807", await AheadAsync("9223372036854775807"));

        async Task<string> AheadAsync(Cursor cursor)
        {
            await using var events = stream.Partition(0)(cursor, StreamOptions.Default, Token).GetAsyncEnumerator(Token);
            return (await Assert.ThrowsAsync<CursorAheadException>(async () => await events.MoveNextAsync())).Cursor.ToString();
        }
    }
}
