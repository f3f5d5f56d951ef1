using CsCheck;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Logs;

public sealed class PartitionLogReadTests
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(1);

    [Fact]
    public async Task ReadAsync_EmptyPartition_IsAnEmptyPageAtOnce()
    {
        await using var partition = await TestPartition.OpenAsync();
        var page = await partition.ReadAsync(null);
        Assert.True(page.IsEmpty);
        Assert.Equal((1, 0), (page.Oldest.Value, page.Head.Value));
        Assert.True((await partition.ReadAsync(0)).IsEmpty);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(long.MaxValue - 1)]
    [InlineData(long.MaxValue)]
    public async Task ReadAsync_AheadOfTheHead_IsAnErrorNamingBoth(long cursor)
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync(2);
        var error = await Assert.ThrowsAsync<CursorAheadException>(() => partition.ReadAsync(cursor));
        Assert.Equal((TestPartition.Id, cursor, 2), (error.Partition, error.Cursor.Value, error.Head.Value));
        Assert.Equal(default, await partition.Log.FindAsync(new EventId(cursor), CancellationToken.None));
    }

    [Fact]
    public async Task ReadAsync_OlderThanRetention_IsAnErrorAndTheEmptyCursorStartsWithTheOldest()
    {
        await using var partition = await TestPartition.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await partition.AppendAsync();
            partition.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await partition.TrimAsync(new Retention { MaxAge = TimeSpan.FromMinutes(3) }, CancellationToken.None);
        Assert.Equal(3, partition.Log.Bounds.Oldest.Value);
        var error = await Assert.ThrowsAsync<CursorExpiredException>(() => partition.ReadAsync(1));
        Assert.Equal((TestPartition.Id, 1, 3), (error.Partition, error.Cursor.Value, error.Oldest.Value));
        Assert.Equal(default, await partition.Log.FindAsync(new EventId(1), CancellationToken.None));
        Assert.Equal([3, 4, 5], await partition.ReadIdsAsync(2));
        Assert.Equal([3, 4, 5], await partition.ReadIdsAsync(null));
        partition.Log.ForgetRecent();
        Assert.Equal([3, 4, 5], await partition.ReadIdsAsync(null));
        await Assert.ThrowsAsync<CursorExpiredException>(() => partition.ReadAsync(0));
    }

    [Fact]
    public async Task ReadAsync_NoEventIsLeft_EmptyCursorAndHeadWaitForTheNextOne()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync(3);
        partition.Clock.Advance(TimeSpan.FromHours(2));
        await partition.TrimAsync(new Retention { MaxAge = TimeSpan.FromHours(1) }, CancellationToken.None);

        var page = await partition.ReadAsync(null);
        Assert.True(page.IsEmpty);
        Assert.Equal((4, 3), (page.Oldest.Value, page.Head.Value));
        var atHead = new LogPlace(partition.Log.Bounds.HeadEpoch, null, null);
        Assert.Equal(atHead, await partition.Log.FindAsync(null, CancellationToken.None));
        Assert.Equal(atHead, await partition.Log.FindAsync(new EventId(3), CancellationToken.None));
        var error = await Assert.ThrowsAsync<CursorExpiredException>(() => partition.ReadAsync(2));
        Assert.Equal(4, error.Oldest.Value);
        var readers = new long?[] { null, 3 }.Select(after => partition.ReadIdsAsync(after, wait: Long)).ToList();
        Assert.All(readers, reader => Assert.False(reader.IsCompleted));
        await partition.AppendAsync(2);
        Assert.All(await Task.WhenAll(readers), ids => Assert.Equal([4, 5], ids));
    }

    [Fact]
    public async Task FindAsync_EventsOfTheFuture_SaysHowLongTheyWaitAtLeast()
    {
        var clock = new SettableClock(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var provider = new ScriptedProvider();
        await using (var partition = await TestPartition.OpenAsync(provider, clock))
        {
            clock.Set(TimeSpan.FromDays(365));
            await partition.AppendAsync();
            await partition.AppendAsync();
            clock.Set(TimeSpan.FromDays(-365));
            Assert.Equal(TimeSpan.Zero, await LagAsync(partition, 0));
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(TimeSpan.FromMinutes(1), await LagAsync(partition, 0));
            Assert.Equal(TimeSpan.FromMinutes(1), await LagAsync(partition, 1));

            // One that was appended since then says no more than is known.
            await partition.AppendAsync();
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(TimeSpan.FromMinutes(2), await LagAsync(partition, 0));
            Assert.Equal(TimeSpan.FromMinutes(1), await LagAsync(partition, 2));
        }

        // Another owner knows them from its opening on, and from the events after them.
        await using var next = await TestPartition.OpenAsync(provider, clock);
        Assert.Equal(TimeSpan.FromMinutes(1), await LagAsync(next, 0));

        async Task<TimeSpan> LagAsync(TestPartition of, long after) =>
            clock.GetUtcNow() - (await of.Log.FindAsync(new EventId(after), TestContext.Current.CancellationToken)).NextAppendedAt!.Value;
    }

    [Fact]
    public async Task ReadAsync_TrimmedWhileReading_StartsOverWithTheEmptyCursorAndFailsWithAnother()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync();
        await partition.AppendAsync();
        partition.Log.ForgetRecent();
        var gate = partition.Script.BeforeRead = new Gate();
        var fromOldest = partition.ReadIdsAsync(null);
        var fromZero = partition.ReadIdsAsync(0);
        await gate.Arrived;
        await partition.TrimAsync(new Retention { MaxBytes = 1 }, CancellationToken.None);
        gate.Open();
        Assert.Equal([2], await fromOldest);
        await Assert.ThrowsAsync<CursorExpiredException>(() => fromZero);
    }

    [Fact]
    public async Task ReadAsync_AnyAppendsPagesAndMemory_PagesAreBoundedAndMissNothing()
    {
        await Gen.Select(Gen.Int[1, 5].List[1, 20], Gen.Int[1, 600], Gen.Int[0, 800]).SampleAsync(async (counts, maxBytes, recentBytes) =>
        {
            await using var partition = await TestPartition.OpenAsync(options: new PartitionLogOptions { MaxRecentBytes = recentBytes });
            foreach (var count in counts)
            {
                await partition.AppendAsync(count);
            }

            var ids = new List<long>();
            while (await partition.ReadAsync(ids.Count, maxBytes) is { IsEmpty: false } page)
            {
                Assert.True(page.Batches().Count() == 1 || page.Blocks.Sum(block => block.Length) <= maxBytes);
                Assert.True(page.Last?.Id <= page.Head);
                ids.AddRange(page.Events(new EventId(ids.Count), 0).Select(e => e.Id.Value));
            }

            Assert.Equal(Enumerable.Range(1, counts.Sum()).Select(id => (long)id), ids);
        });
    }

    [Fact]
    public async Task ReadAsync_NearTheHead_IsServedFromMemory()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync(3);
        Assert.Equal([1, 2, 3], await partition.ReadIdsAsync(null));
        Assert.Equal(0, partition.Script.Reads);
        partition.Log.ForgetRecent();
        Assert.Equal([2, 3], await partition.ReadIdsAsync(1));
        Assert.Equal(1, partition.Script.Reads);
    }

    [Fact]
    public async Task ReadAsync_AtTheHead_WaitsForTheNextAppend()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync();
        var readers = Enumerable.Range(0, 10).Select(_ => partition.ReadIdsAsync(1, wait: Long)).ToList();
        Assert.All(readers, reader => Assert.False(reader.IsCompleted));
        await partition.AppendAsync(2);
        Assert.All(await Task.WhenAll(readers), ids => Assert.Equal([2, 3], ids));
    }

    [Fact]
    public async Task ReadAsync_NothingCame_IsEmptyWhenTheWaitIsOver()
    {
        await using var partition = await TestPartition.OpenAsync();
        var reading = partition.ReadAsync(null, wait: TimeSpan.FromSeconds(20));
        partition.Clock.Advance(TimeSpan.FromSeconds(19));
        Assert.False(reading.IsCompleted);
        partition.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await reading).IsEmpty);
        await partition.AppendAsync();
        Assert.Equal([1], await partition.ReadIdsAsync(null));
    }

    [Fact]
    public async Task ReadAsync_CancelledAtTheHead_EndsAtOnce()
    {
        await using var partition = await TestPartition.OpenAsync();
        using var cancelling = new CancellationTokenSource();
        var reading = partition.Log.ReadAsync(null, 1, Long, cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    // The Go library registers for a wake-up after it looked, so that an event between the two waits for the whole back-off.
    [Fact]
    public async Task ReadAsync_AppendsRaceWithReadersAtTheHead_NoWakeUpIsLost()
    {
        await Gen.Select(Gen.Int[1, 30], Gen.Int[1, 4], Gen.Int[0, 300]).SampleAsync(
            async (appends, readers, recentBytes) =>
            {
                var options = new PartitionLogOptions { MaxRecentBytes = recentBytes };
                await using var partition = await TestPartition.OpenAsync(options: options);
                var reading = Enumerable.Range(0, readers).Select(_ => Task.Run(async () =>
                {
                    // The clock stands still: a lost wake-up would wait for ever.
                    var seen = 0L;
                    while (seen < appends)
                    {
                        var page = await partition.ReadAsync(seen, wait: Long);
                        Assert.False(page.IsEmpty);
                        seen = page.Last!.Value.Id.Value;
                    }
                })).ToList();
                for (var i = 0; i < appends; i++)
                {
                    await partition.AppendAsync();
                }

                await Task.WhenAll(reading);
            },
            iter: 200);
    }

    [Fact]
    public async Task ReadAsync_LogIsAheadOfItsAppendsAnswer_NextReadIsNotAheadOfTheHead()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync();
        partition.Log.ForgetRecent();
        partition.Script.ShowsHeldAppends = true;
        var gate = partition.Script.AfterStore = new Gate();
        var append = partition.AppendAsync();
        await gate.Arrived;
        var page = await partition.ReadAsync(0);
        Assert.Equal((2, 2), (page.Last!.Value.Id.Value, page.Head.Value));
        Assert.Empty(await partition.ReadIdsAsync(2));
        var waiting = partition.ReadIdsAsync(2, wait: Long);
        gate.Open();
        await append;
        Assert.False(waiting.IsCompleted);
        await partition.AppendAsync();
        Assert.Equal([3], await waiting);
    }
}
