using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Tests.Verifying;
using Reflex.Testing.Conformance;

namespace Reflex.Storage.FileLog.Tests.Partitions;

/// <summary>A batch that was picked for a page is nothing that a log may hold.</summary>
public sealed class PickedBatchTests : VerifyingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task PickedBatch_InALogThatWasClosed_IsDamageToReadsAndVerify(int number)
    {
        await WriteAsync(close: true);
        var position = Pick(number);

        await using (var fixture = new LogFixture(new DiskFileLayer(), Data))
        {
            await using var log = await fixture.OpenAsync();
            var error = await Assert.ThrowsAsync<LogCorruptedException>(
                async () => await log.ReadAsync(new EventId(number * 8), 1, Token));
            Assert.Contains($"at position {position}", error.Message, StringComparison.Ordinal);
        }

        var finding = await DamagedAsync(Segments[0], position);
        Assert.Equal(((number * 8) + 1, (number * 8) + 8), (finding.First!.Value.Value, finding.Last!.Value.Value));
    }

    [Fact]
    public async Task PickedBatch_WhereAnOpeningWalks_IsDamage()
    {
        await WriteAsync(close: false);
        File.Delete(Indexes[0]);
        var position = Pick(0);

        await using var fixture = new LogFixture(new DiskFileLayer(), Data);
        var error = await Assert.ThrowsAsync<LogCorruptedException>(() => fixture.OpenAsync());
        Assert.Contains($"at position {position}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppendAsync_OfAPickedBatch_SaysWhatIsExpected()
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), Data);
        await using var log = await fixture.OpenAsync();
        var bytes = KeyedAndPicked.Pick(TestBatch.Append(log, events: 3).Single().Bytes, place => place > 0);
        var picked = new LogPage([bytes], new EventId(1), new EventId(3)).Batches().Single();

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync([picked]));

        Assert.StartsWith(
            "A batch for orders/3 holds only some of the events 1 to 3, as it was picked for a page; expected the batch with all of them.",
            error.Message,
            StringComparison.Ordinal);
    }

    /// <summary>
    /// Two appends of eight events, of which the first ones' records have 28 bytes, and two after an index entry, so that an opening
    /// doesn't walk over the first ones.
    /// </summary>
    private async Task WriteAsync(bool close)
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), Data);
        var log = await fixture.OpenAsync();
        foreach (var (events, metadataSize) in new[] { (8, 0), (8, 0), (1, 1500), (1, 0) })
        {
            await log.AppendAsync(TestBatch.Append(log, events, metadataSize));
        }

        if (close)
        {
            await log.DisposeAsync();
        }
    }

    /// <summary>Leaves the first event out of a batch, which is as long then: so much the other seven's offsets take.</summary>
    private long Pick(int number)
    {
        var (position, batch) = Batches(Segments[0])[number];
        var picked = KeyedAndPicked.Pick(batch.Bytes, place => place != 0);
        Assert.Equal(batch.Bytes.Length, picked.Length);
        using var file = File.OpenWrite(Segments[0]);
        file.Position = position;
        file.Write(picked);
        return position;
    }
}
