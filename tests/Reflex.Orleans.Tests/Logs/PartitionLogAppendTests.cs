using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Logs;

public sealed class PartitionLogAppendTests
{
    [Fact]
    public async Task AppendAsync_OneAfterAnother_GivesIdsWithoutAGap()
    {
        await using var partition = await TestPartition.OpenAsync();
        Assert.Equal(1, (await partition.AppendAsync(3)).Value);
        Assert.Equal(4, (await partition.AppendAsync(1)).Value);
        Assert.Equal(5, (await partition.AppendAsync(2)).Value);
        Assert.Equal(6, partition.Log.Bounds.Head.Value);
        Assert.Equal([1, 2, 3, 4, 5, 6], await partition.ReadIdsAsync(null));
    }

    [Fact]
    public async Task AppendAsync_WhileOneIsInFlight_GatherIntoOneGroup()
    {
        await using var partition = await TestPartition.OpenAsync();
        var gate = partition.Script.BeforeStore = new Gate();
        var first = partition.AppendAsync();
        await gate.Arrived;
        var others = Enumerable.Range(0, 10).Select(_ => partition.AppendAsync(2)).ToList();
        Assert.All(others, append => Assert.False(append.IsCompleted));
        gate.Open();
        Assert.Equal(1, (await first).Value);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 2L + (2 * i)), (await Task.WhenAll(others)).Select(id => id.Value));
        Assert.Equal([1, 10], partition.Script.Appends);
    }

    [Fact]
    public async Task AppendAsync_MoreThanAGroupWaits_AreSeveralGroupsAndALargeAppendIsAlone()
    {
        var options = new PartitionLogOptions { MaxGroupBytes = 440 };
        await using var partition = await TestPartition.OpenAsync(options: options);
        var gate = partition.Script.BeforeStore = new Gate();
        var appends = new List<Task> { partition.AppendAsync() };
        await gate.Arrived;

        // Each is 85 bytes, the large one about 2,000.
        appends.AddRange(Enumerable.Range(0, 6).Select(_ => partition.AppendAsync()));
        appends.Add(partition.Log.AppendAsync(Batches.Append(1, metadataBytes: 2000)));
        appends.Add(partition.AppendAsync());
        gate.Open();
        await Task.WhenAll(appends);
        Assert.Equal([1, 5, 1, 1, 1], partition.Script.Appends);
    }

    [Fact]
    public async Task AppendAsync_ManyAppendersAtOnce_EveryEventIsThereOnceInItsAppendersOrder()
    {
        await using var partition = await TestPartition.OpenAsync();
        const int appenders = 8, each = 200;
        var ids = await Task.WhenAll(Enumerable.Range(0, appenders).Select(appender => Task.Run(async () =>
        {
            var own = new List<long>();
            for (var i = 0; i < each; i++)
            {
                own.Add((await partition.Log.AppendAsync(Batches.Append([new(appender, $"{i}")]))).Value);
            }

            return own;
        })));
        Assert.Equal(Enumerable.Range(1, appenders * each).Select(id => (long)id), ids.SelectMany(own => own).Order());

        var events = new List<Event>();
        while (await partition.ReadAsync(events.Count, maxBytes: 5000) is { IsEmpty: false } page)
        {
            events.AddRange(page.Events(new EventId(events.Count), 0));
        }

        for (var appender = 0; appender < appenders; appender++)
        {
            var own = events.Where(e => e.Type == appender).ToList();
            Assert.Equal(Enumerable.Range(0, each).Select(i => $"{i}"), own.Select(e => e.ForeignId));
            Assert.Equal(ids[appender], own.Select(e => e.Id.Value));
        }
    }

    [Fact]
    public async Task AppendAsync_StoredButNotYetAnswered_IsNeitherDoneNorVisible()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync();
        var gate = partition.Script.AfterStore = new Gate();
        var append = partition.AppendAsync();
        await gate.Arrived;
        Assert.False(append.IsCompleted);
        Assert.Equal(1, partition.Log.Bounds.Head.Value);
        Assert.Equal([1], await partition.ReadIdsAsync(null));
        Assert.Empty(await partition.ReadIdsAsync(1));
        gate.Open();
        await append;
        Assert.Equal([2], await partition.ReadIdsAsync(1));
    }

    [Fact]
    public async Task AppendAsync_QueueIsFull_IsRefusedAtOnceAndLeavesNothing()
    {
        await using var partition = await TestPartition.OpenAsync(options: new PartitionLogOptions { MaxQueuedBytes = 176 });
        var gate = partition.Script.BeforeStore = new Gate();
        var inFlight = partition.AppendAsync();
        await gate.Arrived;
        var waiting = new[] { partition.AppendAsync(), partition.AppendAsync() };
        var error = await Assert.ThrowsAsync<LogBusyException>(() => partition.AppendAsync());
        Assert.True(error.IsTransient);
        Assert.Equal((TestPartition.Id, 176), (error.Partition, error.Limit));
        gate.Open();
        await Task.WhenAll([inFlight, .. waiting]);
        Assert.Equal([1, 2, 3], await partition.ReadIdsAsync(null));
        Assert.Equal(4, (await partition.AppendAsync()).Value);
    }

    [Fact]
    public async Task AppendAsync_LargerThanTheWholeQueue_IsTakenWhenNothingWaits()
    {
        await using var partition = await TestPartition.OpenAsync(options: new PartitionLogOptions { MaxQueuedBytes = 1 });
        Assert.Equal(1, (await partition.AppendAsync(5)).Value);
    }

    [Fact]
    public async Task AppendAsync_BrokenBatches_AreRefusedAndHarmNobody()
    {
        await using var partition = await TestPartition.OpenAsync();
        var twoBatches = Batches.Append(2, metadataBytes: 60_000);
        Assert.Equal(2, twoBatches.Count);
        await Assert.ThrowsAsync<FormatException>(() => partition.Log.AppendAsync([]));
        await Assert.ThrowsAsync<FormatException>(() => partition.Log.AppendAsync([default]));
        await Assert.ThrowsAsync<FormatException>(() => partition.Log.AppendAsync([twoBatches[0]]));
        await Assert.ThrowsAsync<FormatException>(() => partition.Log.AppendAsync([new byte[60]]));
        Assert.Equal(1, (await partition.Log.AppendAsync(twoBatches)).Value);
        await Assert.ThrowsAsync<FormatException>(() => partition.Log.AppendAsync(twoBatches));
        Assert.Equal(2, partition.Log.Bounds.Head.Value);
    }

    [Fact]
    public async Task AppendAsync_SameBuffersTwiceInAGroup_FailsTheSecondAlone()
    {
        await using var partition = await TestPartition.OpenAsync();
        var gate = partition.Script.BeforeStore = new Gate();
        var first = partition.AppendAsync();
        await gate.Arrived;
        var same = Batches.Append(1, first: 100);
        var large = Batches.Append(2, metadataBytes: 60_000);
        var appended = partition.Log.AppendAsync(same);
        var again = partition.Log.AppendAsync(same);
        var twiceInOne = partition.Log.AppendAsync([large[0], large[0], large[1]]);
        var after = partition.AppendAsync();
        gate.Open();
        Assert.Equal((1, 2, 3), ((await first).Value, (await appended).Value, (await after).Value));
        await Assert.ThrowsAsync<FormatException>(() => again);
        await Assert.ThrowsAsync<FormatException>(() => twiceInOne);
        Assert.Equal([1, 2, 3], await partition.ReadIdsAsync(null));
        Assert.False(partition.Log.Failed.IsCompleted);
    }

    [Fact]
    public async Task AppendAsync_ClockGoesBack_AppendTimesSayWhatItSays()
    {
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var provider = new ScriptedProvider();
        var clock = new FakeTimeProvider(start) { AutoAdvanceAmount = TimeSpan.Zero };
        await using (var partition = await TestPartition.OpenAsync(provider, clock))
        {
            await partition.AppendAsync();
            clock.Advance(TimeSpan.FromHours(1));
            await partition.AppendAsync();
        }

        // The next owner's clock is late, or this one's was early: a clock that was wrong once mustn't count for ever.
        await using var next = await TestPartition.OpenAsync(provider, new FakeTimeProvider(start));
        await next.AppendAsync();
        next.Log.ForgetRecent();
        var batches = (await next.ReadAsync(null)).Batches();
        Assert.Equal([start, start.AddHours(1), start], batches.Select(batch => batch.AppendedAt));
        Assert.Equal(start, (await next.Log.FindAsync(null, CancellationToken.None)).NextAppendedAt);
        Assert.Null((await next.Log.FindAsync(new EventId(3), CancellationToken.None)).NextAppendedAt);
    }

    [Fact]
    public async Task AppendAsync_AnyAppends_AreDurableWithTheHeadOfTheirTime()
    {
        await Gen.Int[1, 4].List[1, 10].SampleAsync(async counts =>
        {
            var provider = new ScriptedProvider();
            foreach (var count in counts)
            {
                // Each by another owner, so that the epochs differ.
                await using var partition = await TestPartition.OpenAsync(provider);
                var before = partition.Log.Bounds;
                await partition.AppendAsync(count);
                var page = await partition.ReadAsync(before.Head.Value);
                var batch = Assert.Single(page.Batches());
                Assert.Equal((before.Head, before.HeadEpoch), (batch.DurableId, batch.PreviousEpoch));
                Assert.Equal(batch.Epoch, partition.Log.Bounds.HeadEpoch);
                Assert.True(batch.Epoch > before.HeadEpoch);
            }
        });
    }
}
