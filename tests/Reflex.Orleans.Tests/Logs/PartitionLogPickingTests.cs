using System.Runtime.InteropServices;
using CsCheck;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Logs;

/// <summary>Pages of some events only.</summary>
public sealed class PartitionLogPickingTests
{
    private static readonly EventFilter Ones = EventFilter.Of([1], null)!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadPickedAsync_Events_AreThoseThatAreWantedUnderTheirIds()
    {
        await using var partition = await TestPartition.OpenAsync();
        await AppendAsync(partition, 1, 2, 1, 2, 2);
        await AppendAsync(partition, 2, 2);

        var page = await partition.Log.ReadPickedAsync(null, Ones, 1 << 20, TimeSpan.Zero, Token);

        Assert.Equal([1, 3], IdsOf(page));
        Assert.Equal((7, 7), (page.ReadTo?.Id.Value, page.Head.Value));
        Assert.Equal(partition.Log.Bounds.HeadEpoch, page.ReadTo?.Epoch);
        var next = await partition.Log.ReadPickedAsync(page.ReadTo, Ones, 1 << 20, TimeSpan.Zero, Token);
        Assert.True(next.IsEmpty);
    }

    [Fact]
    public async Task ReadPickedAsync_NoneThatIsWanted_SaysHowFarItHasLooked()
    {
        await using var partition = await TestPartition.OpenAsync();
        await AppendAsync(partition, 2, 2, 3);

        var page = await partition.Log.ReadPickedAsync(new EventId(1), Ones, 1 << 20, TimeSpan.Zero, Token);

        Assert.Empty(page.Blocks);
        Assert.Equal(3, page.Last?.Id.Value);
    }

    [Fact]
    public async Task ReadPickedAsync_WaitingAtTheHead_IsWokenByAnEventThatIsWantedAndByNoOther()
    {
        await using var partition = await TestPartition.OpenAsync();
        await AppendAsync(partition, 2);
        var waiting = partition.Log.ReadPickedAsync(new EventId(1), Ones, 1 << 20, TimeSpan.FromMinutes(1), Token);

        await AppendAsync(partition, 2, 3);
        Assert.False(waiting.IsCompleted);
        await AppendAsync(partition, 1, 2);

        var page = await waiting;
        Assert.Equal([4], IdsOf(page));
        Assert.Equal(5, page.ReadTo?.Id.Value);
    }

    [Fact]
    public async Task ReadPickedAsync_WaitThatEnds_SaysHowFarItHasLooked()
    {
        await using var partition = await TestPartition.OpenAsync();
        await AppendAsync(partition, 2);
        var waiting = partition.Log.ReadPickedAsync(new EventId(1), Ones, 1 << 20, TimeSpan.FromMinutes(1), Token);
        await AppendAsync(partition, 2, 3);

        partition.Clock.Advance(TimeSpan.FromMinutes(1));

        var page = await waiting;
        Assert.Empty(page.Blocks);
        Assert.Equal(3, page.ReadTo?.Id.Value);
    }

    /// <summary>What comes before damage is handed out, as to anybody else.</summary>
    [Fact]
    public async Task ReadPickedAsync_FailureAfterEventsThatWereFound_GivesThoseFirst()
    {
        await using var partition = await TestPartition.OpenAsync(options: new PartitionLogOptions { MaxRecentBytes = 0 });
        await AppendAsync(partition, 1, 2);
        for (var i = 0; i < 20; i++)
        {
            await partition.Log.AppendAsync(Batches.Append(1, metadataBytes: 20_000));
        }

        partition.Script.FailsFromRead = 2;
        var page = await partition.Log.ReadPickedAsync(
            new EventId(0), EventFilter.Of([9, 1], ["entity-1"])!, 1 << 20, TimeSpan.Zero, Token);

        Assert.Equal([1], IdsOf(page));
        Assert.InRange(page.ReadTo!.Value.Id.Value, 2, 21);
        await Assert.ThrowsAsync<LogCorruptedException>(
            () => partition.Log.ReadPickedAsync(page.ReadTo, Ones, 1 << 20, TimeSpan.Zero, Token));
    }

    [Fact]
    public async Task ReadPickedAsync_SmallBatchOfAllThatWasRead_KeepsNothingElseInMemory()
    {
        await using var partition = await TestPartition.OpenAsync(options: new PartitionLogOptions { MaxRecentBytes = 0 });
        await AppendAsync(partition, 1);
        for (var i = 0; i < 5; i++)
        {
            await AppendAsync(partition, 2);
        }

        var page = await partition.Log.ReadPickedAsync(null, Ones, 1 << 20, TimeSpan.Zero, Token);

        var block = Assert.Single(page.Blocks);
        Assert.True(MemoryMarshal.TryGetArray(block, out var array));
        Assert.InRange(array.Array!.Length, block.Length, block.Length * 2);
    }

    [Fact]
    public Task ReadPickedAsync_AnyEventsAndPages_AreThoseOfAPlainScan() => Gen.Select(
        Gen.Int[0, 4].Array[1, 12].Array[1, 12], Gen.Int[0, 4].Array[0, 2], Gen.Int[0, 6].Array[0, 3], Gen.Int[1, 2000], Gen.Int[0, 20])
        .SampleAsync(async (appends, types, entities, maxBytes, after) =>
        {
            await using var partition = await TestPartition.OpenAsync();
            foreach (var append in appends)
            {
                await AppendAsync(partition, append);
            }

            var filter = EventFilter.Of(
                types.Length == 0 ? null : Array.ConvertAll(types, type => new EventType(type)),
                entities.Length == 0 ? null : Array.ConvertAll(entities, entity => $"entity-{entity}"));
            if (filter is null || after > partition.Log.Bounds.Head.Value)
            {
                return;
            }

            var plain = await partition.ReadAsync(0);
            var expected = plain.Events(new EventId(after), 0).Where(filter.Wants).Select(e => (e.Id, e.Type, e.ForeignId));
            var found = new List<(EventId Id, EventType Type, string ForeignId)>();
            CursorPlace? place = new EventId(after);
            while (await partition.Log.ReadPickedAsync(place, filter, maxBytes, TimeSpan.Zero, Token) is { Last: { } last } page)
            {
                found.AddRange(page.Events(place.Value.Id, 0).Select(e => (e.Id, e.Type, e.ForeignId)));
                place = last;
            }

            Assert.Equal(expected, found);
            Assert.Equal(partition.Log.Bounds.Head, place.Value.Id);
        }, iter: 200);

    private static Task AppendAsync(TestPartition partition, params int[] types) => partition.Log.AppendAsync(
        Batches.Append(types.Select((type, i) => new NewEvent(type, $"entity-{(type + i) % 7}"))));

    private static List<long> IdsOf(LogPage page) => [.. page.Events(EventId.None, 3).Select(e => e.Id.Value)];
}
