using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Logs;

/// <summary>A cursor's life is that of the event of its id, wherever that is read from.</summary>
public sealed class PartitionLogLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAsync_EveryPlaceOfALogOfSeveralOwners_TakesItsLifeAndABareNumberAndRefusesOthers(bool fromLog)
    {
        var provider = new ScriptedProvider();
        foreach (var count in new[] { 3, 1, 2 })
        {
            await using var owner = await TestPartition.OpenAsync(provider);
            await owner.AppendAsync(count);
            await owner.AppendAsync();
        }

        await using var partition = await TestPartition.OpenAsync(provider);
        if (!fromLog)
        {
            await partition.AppendAsync(3);
        }

        var events = (await partition.ReadAsync(null)).Events(EventId.None, 0).ToList();
        Assert.Equal(fromLog ? 3 : 4, events.Select(e => e.Epoch).Distinct().Count());
        foreach (var e in events)
        {
            Assert.Equal($"{e.Id}@{e.Epoch:x}", e.Cursor.ToString());
            await ReadAsync(partition, new CursorPlace(e.Id, e.Epoch), events.Count - e.Id.Value);
            await ReadAsync(partition, e.Id, events.Count - e.Id.Value);
            var other = new CursorPlace(e.Id, e.Epoch ^ 1);
            var error = await Assert.ThrowsAsync<CursorOfAnotherLifeException>(() => ReadAsync(partition, other, -1));
            Assert.Equal((TestPartition.Id, other, e.Epoch), (error.Partition, error.Cursor, error.FoundEpoch));
            Assert.False(error.IsTransient);
            var found = await partition.Log.FindAsync(e.Id, Token);
            Assert.Equal((e.Epoch, events.ElementAtOrDefault((int)e.Id.Value)?.Epoch), (found.Epoch, found.NextEpoch));
        }
    }

    [Fact]
    public async Task ReadAsync_AfterAnEventThatRetentionHasRemoved_KnowsItsLife()
    {
        var provider = new ScriptedProvider();
        long epoch;
        await using (var former = await TestPartition.OpenAsync(provider))
        {
            await former.AppendAsync();
            epoch = former.Log.Bounds.HeadEpoch;
        }

        await using var partition = await TestPartition.OpenAsync(provider);
        await partition.AppendAsync();
        await partition.TrimAsync(new Retention { MaxBytes = 1 }, Token);
        Assert.Equal(2, partition.Log.Bounds.Oldest.Value);
        await ReadAsync(partition, new CursorPlace(new EventId(1), epoch), 1);
        await Assert.ThrowsAsync<CursorOfAnotherLifeException>(() => ReadAsync(partition, new CursorPlace(new EventId(1), epoch + 1), -1));
    }

    [Fact]
    public async Task ReadAsync_ReaderThatWaitsAtAHeadOfAnotherLife_IsRefusedAtOnce()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync();
        var other = new CursorPlace(new EventId(1), 5);
        await Assert.ThrowsAsync<CursorOfAnotherLifeException>(
            () => partition.Log.ReadAsync(other, 1, TimeSpan.FromMinutes(1), Token));
    }

    private static async Task ReadAsync(TestPartition partition, CursorPlace after, long expected)
    {
        var page = await partition.Log.ReadAsync(after, 1 << 20, TimeSpan.Zero, Token);
        Assert.Equal(expected, page.Events(after.Id, 0).Count());
    }
}
