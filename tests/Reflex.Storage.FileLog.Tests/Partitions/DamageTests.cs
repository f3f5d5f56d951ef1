using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class DamageTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task OpenAsync_TailCutAtAnyByte_KeepsTheWholeAppendsBeforeIt()
    {
        var (killed, batches) = await KilledLogAsync(appends: 4);
        var length = 64 + batches.Sum(batch => batch.Bytes.Length);
        for (var cut = 64; cut <= length; cut++)
        {
            var disk = killed.Kill();
            SetLength(disk, 1, cut);
            await using var fixture = new LogFixture(disk, "/data");
            await using var log = await fixture.OpenAsync();
            var end = 64;
            var kept = batches.TakeWhile(batch => (end += batch.Bytes.Length) <= cut).ToArray();
            await LogAssert.HoldsAsync(log, kept);
            Assert.Equal(cut == 64 + kept.Sum(batch => batch.Bytes.Length) ? 0 : 1, fixture.Warnings.Count());
            var more = TestBatch.Append(log);
            await log.AppendAsync(more);
            await LogAssert.HoldsAsync(log, kept.Concat(more));
        }
    }

    [Fact]
    public async Task OpenAsync_UnfinishedAppendCutAtAnyByte_IsRemovedWhole()
    {
        await using var before = new LogFixture(_disk, "/data", options => options.SegmentSizeBytes = 1024 * 1024);
        var first = await before.OpenAsync();
        var kept = TestBatch.Append(first);
        await first.AppendAsync(kept);
        var from = 64 + kept[0].Bytes.Length;
        var group = TestBatch.Append(first, batches: 3);
        await first.AppendAsync(group);
        var length = from + group.Sum(batch => batch.Bytes.Length);
        for (var cut = from; cut < length; cut++)
        {
            var disk = _disk.Kill();
            SetLength(disk, 1, cut);
            await using var fixture = new LogFixture(disk, "/data");
            await using var log = await fixture.OpenAsync();
            await LogAssert.HoldsAsync(log, kept);
        }
    }

    [Fact]
    public async Task OpenAsync_AnyByteOfTheLastBatchFlipped_CutsIt()
    {
        // Killed: that the last append was acknowledged is written nowhere.
        var (killed, batches) = await KilledLogAsync(appends: 4);
        var start = 64 + batches.Take(3).Sum(batch => batch.Bytes.Length);
        for (var at = start; at < start + batches[3].Bytes.Length; at++)
        {
            var disk = killed.Kill();
            Flip(disk, 1, at);
            await using var fixture = new LogFixture(disk, "/data");
            await using var log = await fixture.OpenAsync();
            await LogAssert.HoldsAsync(log, batches.Take(3));
            Assert.Contains("never acknowledged", Assert.Single(fixture.Warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OpenAsync_AnyByteBeforeTheLastBatchFlipped_NamesSegmentPositionAndIdsAndChangesNothing()
    {
        var (killed, batches) = await KilledLogAsync(appends: 4);
        var position = 64;
        for (var i = 0; i < 3; i++)
        {
            for (var at = position; at < position + batches[i].Bytes.Length; at++)
            {
                var disk = killed.Kill();
                Flip(disk, 1, at);
                await using var fixture = new LogFixture(disk, "/data");
                var bytes = disk.ReadAll(fixture.Segment(1));
                var error = await Assert.ThrowsAsync<LogCorruptedException>(() => fixture.OpenAsync());
                Assert.Contains(
                    $"Segment {fixture.Segment(1)} is damaged at position {position}: expected a valid batch with event {i + 1} there, " +
                    $"since events {i + 1} to 3 were durable",
                    error.Message,
                    StringComparison.Ordinal);
                Assert.Equal(bytes, disk.ReadAll(fixture.Segment(1)));
            }

            position += batches[i].Bytes.Length;
        }
    }

    [Fact]
    public async Task OpenAsync_AnyByteOfTheHeaderFlipped_IsDamage()
    {
        var (killed, _) = await KilledLogAsync(appends: 2);
        for (var at = 0; at < 64; at++)
        {
            var disk = killed.Kill();
            Flip(disk, 1, at);
            await using var fixture = new LogFixture(disk, "/data");
            var error = await Assert.ThrowsAsync<LogCorruptedException>(() => fixture.OpenAsync());
            Assert.Contains($"Segment {fixture.Segment(1)} is damaged at position 0", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OpenAsync_ClosedLogShortened_IsDamage()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var log = await fixture.OpenAsync();
        await log.AppendAsync(TestBatch.Append(log));
        await log.AppendAsync(TestBatch.Append(log));
        await log.DisposeAsync();
        var length = _disk.ReadAll(fixture.Segment(1))!.Length;
        SetLength(_disk, 1, length - 1);
        var error = await Assert.ThrowsAsync<LogCorruptedException>(() => fixture.OpenAsync());
        Assert.Contains("events 1 to 2 were durable", error.Message, StringComparison.Ordinal);
        Assert.Equal(length - 1, _disk.ReadAll(fixture.Segment(1))!.Length);
    }

    [Fact]
    public async Task OpenAsync_EventsOfAnEarlierOpeningGone_IsDamageWithoutAnyIndex()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var log = await fixture.OpenAsync();
        await log.AppendAsync(TestBatch.Append(log, events: 3));
        await log.DisposeAsync();
        await (await fixture.OpenAsync()).DisposeAsync();
        _disk.Delete(fixture.Index(1));
        _disk.Delete(fixture.Segment(1));
        var error = await Assert.ThrowsAsync<LogCorruptedException>(() => fixture.OpenAsync());
        Assert.Contains("The log of orders/3 ends with event 0, but events up to 3 were durable", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_AnyByteFlipped_IsFoundAndTheOthersStayReadable()
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.SegmentSizeBytes = 1024 * 1024);
        await using var log = await fixture.OpenAsync();
        var batches = new List<EventBatch>();
        for (var i = 0; i < 5; i++)
        {
            var append = TestBatch.Append(log);
            await log.AppendAsync(append);
            batches.AddRange(append);
        }

        var position = 64 + batches[0].Bytes.Length + batches[1].Bytes.Length;
        for (var at = 0; at < batches[2].Bytes.Length; at++)
        {
            Flip(_disk, 1, position + at);
            var error = await Assert.ThrowsAsync<LogCorruptedException>(
                () => log.ReadAsync(new EventId(2), 1, TestContext.Current.CancellationToken).AsTask());
            Assert.Contains(
                $"Segment {fixture.Segment(1)} is damaged at position {position}: expected a valid batch with event 3",
                error.Message,
                StringComparison.Ordinal);
            var first = await log.ReadAsync(EventId.None, 1, TestContext.Current.CancellationToken);
            Assert.Equal(batches[0].Bytes.ToArray(), first.ToArray());
            Flip(_disk, 1, position + at);
        }

        await LogAssert.HoldsAsync(log, batches);
    }

    [Fact]
    public async Task ReadAsync_AnotherBatchInAPlace_IsDamage()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        var batches = new List<EventBatch>();
        for (var i = 0; i < 3; i++)
        {
            batches.AddRange(TestBatch.Append(log));
            await log.AppendAsync([batches[^1]]);
        }

        // A write that went astray: a valid batch, of the right size, and of the wrong events.
        Assert.Equal(batches[0].Bytes.Length, batches[1].Bytes.Length);
        using (var file = _disk.Open(fixture.Segment(1), FileOpening.Write))
        {
            file.Write(batches[0].Bytes.Span, 64 + batches[0].Bytes.Length);
        }

        foreach (var maxBytes in new[] { 1, 10_000 })
        {
            var error = await Assert.ThrowsAsync<LogCorruptedException>(
                () => log.ReadAsync(new EventId(maxBytes == 1 ? 1 : 0), maxBytes, TestContext.Current.CancellationToken).AsTask());
            Assert.Contains("expected a valid batch with event 2", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OpenAsync_SegmentMissingInTheMiddle_IsNamed()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using (var log = await fixture.OpenAsync())
        {
            for (var i = 0; i < 200; i++)
            {
                await log.AppendAsync(TestBatch.Append(log, metadataSize: 200));
            }
        }

        var names = _disk.List(fixture.PartitionPath)!.Select(entry => entry.Name)
            .Where(name => name.EndsWith(".log", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        foreach (var name in names[1..^1])
        {
            var disk = _disk.Kill();
            disk.Delete(Path.Combine(fixture.PartitionPath, name));
            await using var without = new LogFixture(disk, "/data");
            var error = await Assert.ThrowsAsync<LogCorruptedException>(() => without.OpenAsync());
            Assert.Contains($"Segment {Path.Combine(fixture.PartitionPath, name)} is missing", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OpenAsync_SegmentOfANewerVersion_IsRefused()
    {
        var (killed, _) = await KilledLogAsync(appends: 1);
        await using var fixture = new LogFixture(killed, "/data");
        Restamp(killed, fixture.Segment(1), version: 3, versionAt: 8, checkedFrom: 8, checkedTo: 64);
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => fixture.OpenAsync());
        Assert.Equal(
            $"Segment {fixture.Segment(1)} has format version 3 and this program knows up to 2: use the newer program.", error.Message);
    }

    [Fact]
    public async Task OpenAsync_OwnerFileOfANewerVersion_IsRefused()
    {
        var (killed, _) = await KilledLogAsync(appends: 1);
        await using var fixture = new LogFixture(killed, "/data");
        var owner = Path.Combine(fixture.PartitionPath, "owner");
        Restamp(killed, owner, version: 2, versionAt: 8, checkedFrom: 8, checkedTo: 64);
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => fixture.OpenAsync());
        Assert.Equal($"The owner file {owner} has format version 2 and this program knows up to 1: use the newer program.", error.Message);
    }

    [Fact]
    public async Task OpenAsync_OwnerFileGoneOrOfAnotherTime_IsRefused()
    {
        var (killed, _) = await KilledLogAsync(appends: 1);
        var owner = Path.Combine(new LogFixture(killed, "/data").PartitionPath, "owner");
        var first = killed.ReadAll(owner)!;
        await using (var again = new LogFixture(killed, "/data"))
        {
            var log = await again.OpenAsync();
            await log.AppendAsync(TestBatch.Append(log));
        }

        var disk = killed.Kill();
        disk.Delete(owner);
        await using var without = new LogFixture(disk, "/data");
        var error = await Assert.ThrowsAsync<LogCorruptedException>(() => without.OpenAsync());
        Assert.Contains($"The owner file {owner} is missing, and with it the owner's epoch", error.Message, StringComparison.Ordinal);
        Assert.Null(disk.ReadAll(owner));

        disk.Open(owner, FileOpening.Create).Dispose();
        error = await Assert.ThrowsAsync<LogCorruptedException>(() => without.OpenAsync());
        Assert.Contains($"The owner file {owner} is empty", error.Message, StringComparison.Ordinal);

        using (var file = killed.Open(owner, FileOpening.Write))
        {
            file.Write(first, 0);
        }

        await using var older = new LogFixture(killed.Kill(), "/data");
        error = await Assert.ThrowsAsync<LogCorruptedException>(() => older.OpenAsync());
        Assert.Contains("are of different moments", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_AnyByteOfTheOwnersSlotFlipped_TakesAnEpochThatNobodyHas()
    {
        var (killed, batches) = await KilledLogAsync(appends: 1);
        for (var at = 0; at < 64; at++)
        {
            var disk = killed.Kill();
            await using (var again = new LogFixture(disk, "/data"))
            {
                Assert.Equal(2, (await again.OpenAsync()).Epoch);
            }

            disk = disk.Kill();
            await using var fixture = new LogFixture(disk, "/data");
            using (var file = disk.Open(Path.Combine(fixture.PartitionPath, "owner"), FileOpening.Write))
            {
                var one = new byte[1];
                file.Read(one, 4096 + at);
                file.Write([(byte)(one[0] ^ 1)], 4096 + at);
            }

            await using var log = await fixture.OpenAsync();
            Assert.Equal(3, log.Epoch);
            Assert.Contains("damaged slot", Assert.Single(fixture.Warnings), StringComparison.Ordinal);
            await LogAssert.HoldsAsync(log, batches);
        }
    }

    [Fact]
    public async Task OpenAsync_FileInAPartitionThatLooksLikeASegment_IsRefusedAndNamed()
    {
        var (killed, _) = await KilledLogAsync(appends: 1);
        await using var fixture = new LogFixture(killed, "/data");
        killed.Open($"{fixture.Segment(1)}.bak", FileOpening.Create).Dispose();
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => fixture.OpenAsync());
        Assert.Equal(
            $"The partition's folder {fixture.PartitionPath} holds 00000000000000000001.log.bak, which is not the file log's: " +
            "move it elsewhere.",
            error.Message);
    }

    [Fact]
    public async Task OpenAsync_MetadataThatLooksLikeALaterBatch_IsNoProofOfDamage()
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.SegmentSizeBytes = 1024 * 1024);
        var log = await fixture.OpenAsync();
        var first = TestBatch.Append(log);
        await log.AppendAsync(first);
        var fake = TestBatch.Seal(new EventId(500), 1, 10, log.Epoch, new EventId(400), TestBatch.Start);
        var position = 64 + first[0].Bytes.Length;
        using (var file = _disk.Open(fixture.Segment(1), FileOpening.Write))
        {
            file.Write(new byte[100], position);
            file.Write(fake.Bytes.Span, position + 100);
        }

        await using var again = new LogFixture(_disk.Kill(), "/data");
        await using var reopened = await again.OpenAsync();
        await LogAssert.HoldsAsync(reopened, first);
    }

    /// <summary>A log of single batches whose process was killed, so that nothing was tidied up.</summary>
    private async Task<(SimulatedDisk Disk, List<EventBatch> Batches)> KilledLogAsync(int appends)
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var log = await fixture.OpenAsync();
        var batches = new List<EventBatch>();
        for (var i = 0; i < appends; i++)
        {
            var append = TestBatch.Append(log);
            await log.AppendAsync(append);
            batches.AddRange(append);
        }

        return (_disk.Kill(), batches);
    }

    private static void SetLength(SimulatedDisk disk, long segment, long length)
    {
        using var file = disk.Open(new LogFixture(disk, "/data").Segment(segment), FileOpening.Write);
        file.SetLength(length);
    }

    private static void Flip(SimulatedDisk disk, long segment, long position)
    {
        using var file = disk.Open(new LogFixture(disk, "/data").Segment(segment), FileOpening.Write);
        var one = new byte[1];
        Assert.Equal(1, file.Read(one, position));
        file.Write([(byte)(one[0] ^ 0x10)], position);
    }

    private static void Restamp(SimulatedDisk disk, string path, byte version, int versionAt, int checkedFrom, int checkedTo)
    {
        using var file = disk.Open(path, FileOpening.Write);
        var bytes = new byte[checkedTo];
        file.Read(bytes, 0);
        bytes[versionAt] = version;
        BitConverter.TryWriteBytes(bytes.AsSpan(4), Crc32C.Compute(bytes.AsSpan(checkedFrom)));
        file.Write(bytes, 0);
    }
}
