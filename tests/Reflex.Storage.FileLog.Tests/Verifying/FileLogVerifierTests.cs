using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Verifying;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Verifying;

public sealed class FileLogVerifierTests : VerifyingTests
{
    [Fact]
    public async Task VerifyAsync_SoundFolder_SaysWhatItHolds()
    {
        await WriteAsync(12);
        await WriteAsync(1, new PartitionId("orders", 10));
        await WriteAsync(2, new PartitionId("basket", 0));
        await WriteAsync(0, new PartitionId("basket", 1));

        var found = await VerifyAsync();

        Assert.Equal(["basket/0", "basket/1", "orders/3", "orders/10"], found.Select(partition => partition.Partition.ToString()));
        Assert.All(found, partition => Assert.Empty(partition.Findings));
        Assert.Equal(
            [(1, 1, 6, 6), (0, 1, 0, 0), (Segments.Length, 1, 36, 36), (1, 1, 3, 3)],
            found.Select(one => (one.Segments, one.Oldest.Value, one.Head.Value, one.Events)).Select(
                one => (one.Segments, (int)one.Item2, (int)one.Item3, (int)one.Events)));
        Assert.True(Segments.Length > 3);
        Assert.Equal(Directory.GetFiles(PartitionPath).Sum(file => new FileInfo(file).Length), found[2].Bytes);
    }

    [Fact]
    public async Task VerifyAsync_LogOfAKilledProcess_IsSoundWithItsZeros()
    {
        await WriteAsync(12, close: false);

        var found = Assert.Single(await VerifyAsync());

        Assert.Empty(found.Findings);
        Assert.Equal((36, 36), (found.Head.Value, found.Events));
    }

    [Fact]
    public async Task VerifyAsync_TrimmedLog_IsSound()
    {
        await using (var fixture = new LogFixture(new DiskFileLayer(), Data))
        {
            await using var log = await fixture.OpenAsync();
            await AppendAsync(log, 12);
            await log.TrimToEndAsync(new Retention { MaxBytes = 6000 }, TestBatch.Start);
        }

        var found = Assert.Single(await VerifyAsync());

        Assert.Empty(found.Findings);
        Assert.True(found.Oldest.Value > 1 && found.Events == found.Head.Value - found.Oldest.Value + 1);
    }

    /// <summary>A crash came after a segment was begun, and a trim after that.</summary>
    [Fact]
    public async Task VerifyAsync_LogOfNothingButASegmentThatWasBegun_IsSound()
    {
        await WriteAsync(12);
        await WriteAsync(0);
        var last = Header(Segments[^1]);
        Array.ForEach([.. Segments, .. Indexes], File.Delete);
        var begun = new SegmentHeader(37, last.Ordinal + 1, last.BaseId, last.Epoch, new PreviousEvent(last.Epoch, 0));
        await File.WriteAllBytesAsync(Path.Combine(PartitionPath, $"{37:D20}.log"), begun.ToBytes(), Token);

        var found = await VerifyOneAsync();

        Assert.Empty(found.Findings);
        Assert.Equal((37, 36), (found.Oldest.Value, found.Head.Value));
        await WriteAsync(1);
        Assert.Equal(39, (await VerifyOneAsync()).Head.Value);
    }

    [Fact]
    public async Task VerifyAsync_LostOrShortIndexes_AreRepairable()
    {
        await WriteAsync(20);
        File.Delete(Indexes[0]);
        Cut(Indexes[0], IndexFile.HeaderSize);
        Cut(Indexes[1], 5);
        Flip(Indexes[2], IndexFile.HeaderSize + 20);
        Flip(Indexes[3], 17);
        var findings = (await RepairableAsync()).Select(finding => finding.Message.Split(';')[0].Split(' ')[^1]);
        Assert.Equal(["missing", "short", "damaged", "damaged", "damaged"], findings);
    }

    [Fact]
    public async Task VerifyAsync_TornTail_IsRepairableAndAnOpeningRepairsIt()
    {
        await WriteAsync(2, events: 1, close: false);
        var (position, _) = Batches(Segments[0])[^1];
        Flip(Segments[0], (int)position + 70);
        var finding = Assert.Single(await RepairableAsync());
        Assert.Equal((Segments[0], position), (finding.Place, finding.Position));

        await WriteAsync(0);
        var found = await VerifyOneAsync();
        Assert.Empty(found.Findings);
        Assert.Equal(1, found.Head.Value);
    }

    [Fact]
    public async Task VerifyAsync_UnfinishedAppend_IsRepairable()
    {
        await WriteAsync(1, events: 1, batches: 2, close: false);
        var (position, batch) = Batches(Segments[0])[^1];
        var bytes = await File.ReadAllBytesAsync(Segments[0], Token);
        bytes.AsSpan((int)position, batch.Bytes.Length).Clear();
        await File.WriteAllBytesAsync(Segments[0], bytes, Token);
        var finding = Assert.Single(await RepairableAsync());
        Assert.Equal((1, 1), (finding.First!.Value.Value, finding.Last!.Value.Value));
        Assert.Equal(0, (await VerifyOneAsync()).Head.Value);
    }

    [Fact]
    public async Task VerifyAsync_Leftovers_AreRepairable()
    {
        await WriteAsync(2);
        await File.WriteAllTextAsync(Path.Combine(PartitionPath, $"{7:D20}.log.tmp"), "", Token);
        await File.WriteAllTextAsync(Path.Combine(PartitionPath, $"{9:D20}.idx"), "", Token);
        Assert.Equal(2, (await RepairableAsync()).Count);
    }

    [Fact]
    public async Task VerifyAsync_OwnerFile_DamageAndRepairs()
    {
        await WriteAsync(2);
        await WriteAsync(2);
        Flip(OwnerPath, 20);
        Assert.Equal(OwnerPath, Assert.Single(await RepairableAsync()).Place);
        Flip(OwnerPath, 4096 + 20);
        await DamagedAsync(OwnerPath, null);
        File.Delete(OwnerPath);
        Assert.Contains("missing", (await DamagedAsync(OwnerPath, null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reflex.db.old")]
    [InlineData("streams/1.tmp")]
    [InlineData("streams/orders/owner")]
    [InlineData("streams/orders/03/x")]
    public async Task VerifyAsync_FileElsewhereThatLooksLikeTheLogs_IsRefused(string name)
    {
        await WriteAsync(1);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Data, name))!);
        await File.WriteAllTextAsync(Path.Combine(Data, name), "notes", Token);
        await Assert.ThrowsAsync<StorageRefusedException>(VerifyAsync);
    }

    [Fact]
    public async Task VerifyAsync_NoDataFolderOrANewerOne_IsRefused()
    {
        await RefusedAsync("no data folder");
        Directory.CreateDirectory(Data);
        await RefusedAsync("no format file");
        await File.WriteAllTextAsync(Path.Combine(Data, "format"), "reflex data, format 7\n", Token);
        await RefusedAsync("format 7");
        Assert.Single(Directory.GetFileSystemEntries(Data));
    }

    [Fact]
    public async Task VerifyAsync_FolderInUse_IsRefusedAndKeepsItFromBeingUsed()
    {
        await WriteAsync(1);
        await using (var fixture = new LogFixture(new DiskFileLayer(), Data))
        {
            await fixture.Provider.StartAsync(Token);
            await RefusedAsync("in use");
        }

        await using var verification = new FileLogVerifier(Data).VerifyAsync(cancellationToken: Token).GetAsyncEnumerator(Token);
        Assert.True(await verification.MoveNextAsync());
        await Assert.ThrowsAsync<StorageRefusedException>(() => WriteAsync(1));
    }

    [Fact]
    public async Task VerifyAsync_WhateverItFinds_ChangesNothing()
    {
        await WriteAsync(12, close: false);
        Flip(Segments[1], 100);
        File.Delete(Indexes[0]);
        File.Delete(Path.Combine(Data, "lock"));
        await File.WriteAllTextAsync(Path.Combine(PartitionPath, $"{7:D20}.log.tmp"), "x", Token);
        var before = Snapshot();

        Assert.True((await VerifyOneAsync()).IsDamaged);

        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task VerifyAsync_Progress_EndsWithEverything()
    {
        await WriteAsync(12);
        var reports = new List<LogVerificationProgress>();
        await foreach (var _ in new FileLogVerifier(Data).VerifyAsync(new Reports(reports), Token))
        {
        }

        Assert.Equal(reports[^1].TotalBytes, reports[^1].Bytes);
        Assert.Equal(Directory.GetFiles(PartitionPath).Sum(file => new FileInfo(file).Length), reports[^1].TotalBytes);
    }

    private async Task RefusedAsync(string expected)
    {
        var error = await Assert.ThrowsAsync<StorageRefusedException>(VerifyAsync);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private sealed class Reports(List<LogVerificationProgress> list) : IProgress<LogVerificationProgress>
    {
        public void Report(LogVerificationProgress value) => list.Add(value);
    }
}
