using CsCheck;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Pages;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Pages;

public sealed class WholeStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StreamAsync_FromEveryEventsCursor_GivesExactlyTheRest()
    {
        var genAppends = Gen.Int[0, 2].List[0, 15];
        await Gen.Select(genAppends, genAppends, Gen.Int[1, 400]).SampleAsync(
            async (before, after, pageBytes) =>
            {
                await using var stream = await TestStream.OpenAsync(3, pageBytes);
                foreach (var partition in before)
                {
                    await stream.AppendAsync(partition);
                }

                var first = await TestStream.ReadToHeadAsync(stream.Whole);
                AssertOrdered(before, first);
                foreach (var partition in after)
                {
                    await stream.AppendAsync(partition);
                }

                List<int> all = [.. before, .. after];
                for (var handled = 0; handled <= first.Count; handled++)
                {
                    // The cursor travels as text between processes.
                    var cursor = handled == 0 ? Cursor.Empty : Cursor.Parse(first[handled - 1].Cursor.ToString());
                    var rest = await TestStream.ReadToHeadAsync(stream.Whole, cursor);
                    AssertOrdered(all, [.. first.Take(handled), .. rest]);
                }
            },
            iter: 50);
    }

    [Fact]
    public async Task StreamAsync_OfSomeEvents_GivesThemAndResumesAfterWhatWasPassedOver() =>
        await Gen.Select(Gen.Select(Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[0, 2]).List[0, 15], Gen.Int[1, 400]).SampleAsync(
            async (appends, pageBytes) =>
            {
                await using var stream = await TestStream.OpenAsync(3, pageBytes);
                foreach (var (partition, first, count) in appends)
                {
                    // Entities from the first on, so that the wanted one is anywhere in its batch, or not at all.
                    await stream.Partitions[partition].Log.AppendAsync(Batches.Append(1 + count, first));
                }

                var all = await TestStream.ReadToHeadAsync(stream.Whole);
                StreamFunc picked = new WholeStream(
                    [.. stream.Sources.Select(source => new PickedPages(source, "3"))], stream.Clock).StreamAsync;
                var wanted = await TestStream.ReadToHeadAsync(picked);

                Assert.Equal(Ids(all.Where(e => e.ForeignId == "3")), Ids(wanted));
                for (var handled = 0; handled < wanted.Count; handled++)
                {
                    var rest = await TestStream.ReadToHeadAsync(picked, wanted[handled].Cursor);
                    Assert.Equal(Ids(wanted), Ids([.. wanted.Take(handled + 1), .. rest]));
                }

                static IEnumerable<(int, long)> Ids(IEnumerable<Event> events) =>
                    events.Select(e => (e.Partition, e.Id.Value)).OrderBy(id => id.Partition).ThenBy(id => id.Value);
            },
            iter: 50);

    [Fact]
    public async Task StreamAsync_OfSomeEvents_MovesTheCursorOverThoseThatWerePassedOver()
    {
        await using var stream = await TestStream.OpenAsync(2, pageBytes: 1);
        for (var i = 0; i < 5; i++)
        {
            await stream.AppendAsync(1, "other");
        }

        await using var events = new WholeStream([.. stream.Sources.Select(source => new PickedPages(source, "1"))], stream.Clock)
            .StreamAsync("", StreamOptions.Default, Token).GetAsyncEnumerator(Token);
        var places = Cursor.Empty;
        for (var appends = 1; places.Of(1)?.Id.Value != 5; appends++)
        {
            // The other partition's pages come when they come, but long before so many events.
            Assert.InRange(appends, 1, 10_000);
            await stream.AppendAsync(0);
            Assert.True(await events.MoveNextAsync());
            places = events.Current.Cursor;
        }

        await stream.AppendAsync(1);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal((1, 6), (events.Current.Partition, events.Current.Id.Value));
    }

    /// <summary>Bytes of pages are what a reader costs its server, also one that never reads on.</summary>
    [Theory]
    [InlineData(0, 4)]
    [InlineData(300_000, 1)]
    public async Task StreamAsync_ReaderThatStopsReading_HoldsAFewPagesHoweverManyPartitions(int metadataBytes, int most)
    {
        await using var stream = await TestStream.OpenAsync(40, pageBytes: 1);
        for (var i = 0; i < 40 * 3; i++)
        {
            await stream.AppendAsync(i % 40, metadataBytes: metadataBytes);
        }

        await using var events = stream.Whole("", StreamOptions.Default, Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());

        // All that goes on by itself has gone on when nothing changes any more while others run.
        var given = -1;
        for (var same = 0; same < 1000; same++)
        {
            var now = stream.Sources.Sum(source => source.Given);
            (same, given) = now == given ? (same, given) : (0, now);
            await Task.Yield();
        }

        // Of large pages some are looked at before it is known that they are.
        Assert.InRange(given, 1, most + (metadataBytes > 0 ? 40 : 0));
        for (var i = 1; i < 40 * 3; i++)
        {
            Assert.True(await events.MoveNextAsync());
        }

        Assert.Equal(string.Join('.', Enumerable.Repeat(3, 40)), events.Current.Cursor.WithoutLives().ToString());
    }

    [Fact]
    public async Task StreamAsync_LargeAndSmallEvents_AllComeInOrder()
    {
        await Gen.Int[0, 5].Select(Gen.Bool).List[0, 40].SampleAsync(
            async appends =>
            {
                await using var stream = await TestStream.OpenAsync(6);
                foreach (var (partition, isLarge) in appends.Take(appends.Count / 2))
                {
                    await stream.AppendAsync(partition, metadataBytes: isLarge ? 270_000 : 10);
                }

                await using var events = stream.Whole("", StreamOptions.Default, Token).GetAsyncEnumerator(Token);
                var seen = new long[6];
                var next = events.MoveNextAsync().AsTask();
                foreach (var (partition, isLarge) in appends.Skip(appends.Count / 2))
                {
                    await stream.AppendAsync(partition, metadataBytes: isLarge ? 270_000 : 10);
                }

                for (var i = 0; i < appends.Count; i++)
                {
                    Assert.True(await next);
                    Assert.Equal(++seen[events.Current.Partition], events.Current.Id.Value);
                    next = events.MoveNextAsync().AsTask();
                }

                Assert.False(next.IsCompleted);
                foreach (var partition in stream.Partitions)
                {
                    // Ends the reading that waits.
                    await partition.Log.DisposeAsync();
                }

                await Assert.ThrowsAnyAsync<ReflexException>(() => next);
            },
            iter: 30);
    }

    [Fact]
    public async Task StreamAsync_AtTheHead_HandsOutEventsOfEveryPartition()
    {
        await using var stream = await TestStream.OpenAsync(4);
        await using var events = stream.Whole("", StreamOptions.Default, Token).GetAsyncEnumerator(Token);
        for (var i = 0; i < 20; i++)
        {
            var next = events.MoveNextAsync();
            Assert.False(next.IsCompleted);
            await stream.AppendAsync(i % 4, $"{i}");
            Assert.True(await next);
            Assert.Equal((i % 4, $"{i}"), (events.Current.Partition, events.Current.ForeignId));
        }

        Assert.Equal("5.5.5.5", events.Current.Cursor.WithoutLives().ToString());
    }

    [Fact]
    public async Task StreamAsync_FromHead_StartsAtEveryPartitionsHead()
    {
        await using var stream = await TestStream.OpenAsync(2);
        await stream.AppendAsync(0);
        await using var events = stream.Whole("", new StreamOptions { FromHead = true }, Token).GetAsyncEnumerator(Token);
        var next = events.MoveNextAsync();
        await stream.AppendAsync(1, "new");
        Assert.True(await next);
        Assert.Equal(("new", "1.1"), (events.Current.ForeignId, events.Current.Cursor.WithoutLives().ToString()));
        Assert.Empty(await TestStream.ReadToHeadAsync(stream.Whole, "", new StreamOptions { FromHead = true }));
    }

    [Fact]
    public async Task StreamAsync_Lag_HandsOutWhenOldEnough()
    {
        await using var stream = await TestStream.OpenAsync(2);
        await stream.AppendAsync(0, at: stream.Clock.GetUtcNow().AddSeconds(-2));
        await using var events = stream.Whole("", new StreamOptions { Lag = TimeSpan.FromSeconds(5) }, Token).GetAsyncEnumerator(Token);
        var next = events.MoveNextAsync().AsTask();

        // The timer starts when the page has arrived from the partition's reader, which only the clock's steps can show.
        var steps = 0;
        while (!next.IsCompleted)
        {
            stream.Clock.Advance(TimeSpan.FromMilliseconds(1));
            steps++;
            await Task.Yield();
        }

        Assert.True(await next);
        Assert.True(steps >= 3000, $"It came after {steps} ms.");
    }

    [Fact]
    public async Task StreamAsync_LagToHead_EndsEachPartitionAtAnEventThatIsTooYoung()
    {
        await using var stream = await TestStream.OpenAsync(2);
        var old = stream.Clock.GetUtcNow().AddSeconds(-9);
        await stream.AppendAsync(0, "0-old", at: old);
        await stream.AppendAsync(0, "0-young");
        await stream.AppendAsync(0, "0-old again", at: old);
        await stream.AppendAsync(1, "1-old", at: old);
        await stream.AppendAsync(1, "1-old too", at: old);
        var events = await TestStream.ReadToHeadAsync(stream.Whole, "", new StreamOptions { Lag = TimeSpan.FromSeconds(5) });
        Assert.Equal(["0-old", "1-old", "1-old too"], events.Select(e => e.ForeignId).Order());
        var cursor = events[^1].Cursor.WithoutLives();
        Assert.Equal("1.2", cursor.ToString());
        Assert.Equal(["0-young", "0-old again"], (await TestStream.ReadToHeadAsync(stream.Whole, cursor)).Select(e => e.ForeignId));
    }

    [Fact]
    public async Task StreamAsync_OnePlaceAtTheLargestId_IsAheadOfThatPartitionsHead()
    {
        await using var stream = await TestStream.OpenAsync(2);
        await stream.AppendAsync(1);
        await using var events = stream.Whole(".9223372036854775807", StreamOptions.Default, Token).GetAsyncEnumerator(Token);

        var error = await Assert.ThrowsAsync<CursorAheadException>(async () => await events.MoveNextAsync());

        Assert.Equal((1, long.MaxValue, 1), (error.Partition.Index, error.Cursor.Value, error.Head.Value));
    }

    [Fact]
    public async Task StreamAsync_OnePartitionFails_EndsWithItsErrorAndLeavesNoReadRunning()
    {
        await using var stream = await TestStream.OpenAsync(3);
        await stream.AppendAsync(0);
        stream.Sources[1].Fault = new LogCorruptedException("event 7 is damaged");
        var events = new List<Event>();
        await Assert.ThrowsAsync<LogCorruptedException>(async () =>
        {
            await foreach (var e in stream.Whole("", StreamOptions.Default, Token))
            {
                events.Add(e);
            }
        });
        Assert.True(events.Count <= 1);
        Assert.All(stream.Sources, source => Assert.Equal(0, source.Running));
    }

    [Fact]
    public async Task StreamAsync_Cancelled_EndsAndLeavesNoReadRunning()
    {
        await using var stream = await TestStream.OpenAsync(3);
        using var cancelling = new CancellationTokenSource();
        await using var events = stream.Whole("", StreamOptions.Default, cancelling.Token).GetAsyncEnumerator(Token);
        var next = events.MoveNextAsync();
        await Task.WhenAll(stream.Sources.Select(source => source.Reading.Arrived));
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.All(stream.Sources, source => Assert.Equal(0, source.Running));
    }

    [Fact]
    public async Task StreamAsync_ReaderGoesAway_LeavesNoReadRunning()
    {
        await using var stream = await TestStream.OpenAsync(3);
        await stream.AppendAsync(2);
        await foreach (var e in stream.Whole("", StreamOptions.Default, Token))
        {
            Assert.Equal(2, e.Partition);
            break;
        }

        Assert.All(stream.Sources, source => Assert.Equal(0, source.Running));
    }

    [Fact]
    public async Task StreamAsync_CursorOfAnotherPartitionCount_IsRefused()
    {
        await using var stream = await TestStream.OpenAsync(3);
        var error = Assert.Throws<FormatException>(() => stream.Whole("1.2", StreamOptions.Default, Token));
        Assert.Contains("has 2 place(s) but the stream 'orders' has 3 partitions", error.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => stream.Whole("1", StreamOptions.Default, Token));
    }

    [Fact]
    public async Task StreamAsync_OnePartition_HasPlainCursors()
    {
        await using var stream = await TestStream.OpenAsync(1);
        await stream.AppendAsync(0);
        var only = (await TestStream.ReadToHeadAsync(stream.Whole)).Single();
        Assert.Equal(new CursorPlace(new EventId(1), only.Epoch), only.Cursor);
    }

    /// <summary>Each partition's events are all there, once and in order.</summary>
    private static void AssertOrdered(List<int> appends, List<Event> events)
    {
        for (var partition = 0; partition < 3; partition++)
        {
            var count = appends.Count(appended => appended == partition);
            Assert.Equal(
                Enumerable.Range(1, count).Select(id => (long)id), events.Where(e => e.Partition == partition).Select(e => e.Id.Value));
        }
    }
}
