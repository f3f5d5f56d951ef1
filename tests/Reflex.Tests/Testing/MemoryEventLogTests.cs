using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;
using Reflex.Tests.Shared;

namespace Reflex.Tests.Testing;

public sealed class MemoryEventLogTests
{
    private readonly MemoryEventLogProvider _provider = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppendAsync_BuffersChangeLater_ContentDoesNot()
    {
        var log = await OpenAsync();
        var batches = Sealed(log, baseId: 1);
        await log.AppendAsync(batches);
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(batches[0].Bytes).Span.Clear();
        Assert.True(EventBatch.TryReadSealed(await log.ReadAsync(EventId.None, 1, Token), out _));
    }

    [Fact]
    public async Task OpenAsync_Again_KeepsTheContentAndFencesTheOlderOwner()
    {
        var older = await OpenAsync();
        await older.AppendAsync(Sealed(older, baseId: 1));
        await older.DisposeAsync();
        var newer = await OpenAsync();
        Assert.True(newer.Epoch > older.Epoch);
        Assert.Equal((1, 2), (newer.Bounds.Oldest.Value, newer.Bounds.Head.Value));

        var third = await OpenAsync();
        var error = await Assert.ThrowsAsync<LogFencedException>(async () => await newer.AppendAsync(Sealed(newer, baseId: 3)));
        Assert.Equal((newer.Epoch, third.Epoch), (error.Epoch, error.FoundEpoch));
        await Assert.ThrowsAsync<LogFencedException>(async () => await newer.TrimAsync(Retention.Forever, default, Token));
        Assert.Equal(2, third.Bounds.Head.Value);
    }

    [Fact]
    public async Task AppendAsync_BatchesThatDontContinueTheLog_AreRefusedWhole()
    {
        var log = await OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync([]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync(Sealed(log, baseId: 2)));
        var good = Sealed(log, baseId: 1);
        await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync([.. good, .. good]));
        Assert.Equal(0, log.Bounds.Head.Value);
    }

    [Fact]
    public async Task ReadAsync_OutsideWhatItHolds_IsRefused()
    {
        var log = await OpenAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await log.ReadAsync(EventId.None, 1, Token));
        await log.AppendAsync(Sealed(log, baseId: 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await log.ReadAsync(new EventId(2), 1, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await log.ReadAsync(new EventId(long.MaxValue), 1, Token));
    }

    [Theory]
    [InlineData(2, null, 3)] // The batches are one minute apart; the first is two minutes and more old.
    [InlineData(1, null, 5)]
    [InlineData(null, 1, 7)] // The newest batch stays.
    [InlineData(null, 1000, 1)]
    [InlineData(null, null, 1)]
    public async Task TrimAsync_ByAgeOrBytes_RemovesTheOldestBatches(int? minutes, int? bytes, int oldest)
    {
        var log = await OpenAsync();
        var start = DateTimeOffset.UnixEpoch;
        for (var i = 0; i < 4; i++)
        {
            var batch = EventBatch.FromProducer(Batches.Append(2).Single());
            batch.Seal(new EventId(1 + (2 * i)), log.Epoch, log.Bounds.HeadEpoch, log.Bounds.Head, start.AddMinutes(i));
            await log.AppendAsync([batch]);
        }

        var retention = new Retention { MaxAge = minutes is { } age ? TimeSpan.FromMinutes(age) : null, MaxBytes = bytes };
        while (await log.TrimAsync(retention, start.AddMinutes(3), Token))
        {
        }

        Assert.Equal((oldest, 8), ((int)log.Bounds.Oldest.Value, (int)log.Bounds.Head.Value));
        var page = new LogPage([await log.ReadAsync(new EventId(oldest - 1), 1 << 20, Token)], log.Bounds.Oldest, log.Bounds.Head);
        Assert.Equal(log.Bounds.Bytes, page.Blocks.Sum(block => block.Length));
        Assert.Equal(oldest, page.Batches().First().BaseId.Value);
    }

    private async Task<IEventLog> OpenAsync()
    {
        await _provider.StartAsync(Token);
        return await _provider.OpenAsync(new PartitionId("orders", 3), Token);
    }

    private static List<EventBatch> Sealed(IEventLog log, long baseId)
    {
        var batch = EventBatch.FromProducer(Batches.Append(2).Single());
        batch.Seal(new EventId(baseId), log.Epoch, log.Bounds.HeadEpoch, new EventId(baseId - 1), DateTimeOffset.UnixEpoch);
        return [batch];
    }
}
