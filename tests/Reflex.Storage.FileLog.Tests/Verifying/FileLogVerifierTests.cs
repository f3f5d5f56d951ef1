using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Verifying;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Verifying;

public sealed class FileLogVerifierTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string PartitionPath => Path.Combine(_temp.Data, "streams", "orders", "3");

    private string OwnerPath => Path.Combine(PartitionPath, "owner");

    private string[] Segments => [.. Directory.GetFiles(PartitionPath, "*.log").Order(StringComparer.Ordinal)];

    private string[] Indexes => [.. Directory.GetFiles(PartitionPath, "*.idx").Order(StringComparer.Ordinal)];

    public void Dispose() => _temp.Dispose();

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
        await using (var fixture = new LogFixture(new DiskFileLayer(), _temp.Data))
        {
            await using var log = await fixture.OpenAsync();
            await AppendAsync(log, 12);
            await log.TrimAsync(new Retention { MaxBytes = 6000 }, TestBatch.Start, Token);
        }

        var found = Assert.Single(await VerifyAsync());

        Assert.Empty(found.Findings);
        Assert.True(found.Oldest.Value > 1 && found.Events == found.Head.Value - found.Oldest.Value + 1);
    }

    [Theory]
    [InlineData(0)] // Magic.
    [InlineData(5)] // Checksum.
    [InlineData(20)] // Base id.
    [InlineData(50)] // Reserved.
    public async Task VerifyAsync_FlippedBitInASegmentsHeader_IsDamage(int position)
    {
        await WriteAsync(12);
        Flip(Segments[1], position);
        await DamagedAsync(Segments[1], 0);
    }

    [Fact]
    public async Task VerifyAsync_EveryFlippedBitOfABatchInTheMiddle_IsDamageWithItsIds()
    {
        await WriteAsync(12);
        var (position, batch) = Batches(Segments[1])[1];
        for (var at = 0; at < batch.Bytes.Length; at += at < EventBatch.HeaderSize ? 1 : 37)
        {
            Flip(Segments[1], (int)position + at, at % 8);
            var finding = await DamagedAsync(Segments[1], position);
            Assert.Equal((batch.BaseId, batch.LastId), (finding.First, finding.Last));
            Flip(Segments[1], (int)position + at, at % 8);
        }

        Assert.Empty(Assert.Single(await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task VerifyAsync_TwoDamagedBatches_NamesBothAndCountsTheRest()
    {
        await WriteAsync(12);
        Flip(Segments[0], (int)Batches(Segments[0])[0].Position + 60);
        Flip(Segments[2], (int)Batches(Segments[2])[1].Position + 60);

        var found = Assert.Single(await VerifyAsync());

        Assert.Equal(2, found.Findings.Count);
        Assert.All(found.Findings, finding => Assert.True(finding.IsDamage));
        Assert.Equal((36, 30), (found.Head.Value, found.Events));
    }

    [Fact]
    public async Task VerifyAsync_FlippedBitInTheNewestSegmentOfAClosedLog_IsDamage()
    {
        await WriteAsync(12);
        var (position, batch) = Batches(Segments[^1])[^1];
        Flip(Segments[^1], (int)position + 70);
        var finding = await DamagedAsync(Segments[^1], position);
        Assert.Equal((batch.BaseId, batch.LastId), (finding.First, finding.Last));
    }

    [Fact]
    public async Task VerifyAsync_ABatchBehindTheDamageSaysItWasDurable_IsDamage()
    {
        await WriteAsync(1, events: 1, close: false);
        await WriteAsync(0, close: false);
        File.Delete(Segments[0].Replace(".log", ".idx", StringComparison.Ordinal));
        await WriteAsync(4, events: 1, close: false);
        var (position, batch) = Batches(Segments[0])[2];
        Flip(Segments[0], (int)position + 70);
        var finding = await DamagedAsync(Segments[0], position);
        Assert.Equal((batch.BaseId, batch.LastId), (finding.First, finding.Last));
    }

    [Fact]
    public async Task VerifyAsync_MissingSegment_IsNamedWithItsIds()
    {
        await WriteAsync(12);
        var first = Batches(Segments[1])[0].Batch.BaseId;
        var last = Batches(Segments[1])[^1].Batch.LastId;
        var missing = Segments[1];
        File.Delete(missing);
        File.Delete(Indexes[1]);
        var finding = await DamagedAsync(missing, null);
        Assert.Equal((first, last), (finding.First, finding.Last));
    }

    [Fact]
    public async Task VerifyAsync_MissingNewestSegments_AreDamage()
    {
        await WriteAsync(12);
        await WriteAsync(0);
        File.Delete(Segments[^1]);
        File.Delete(Indexes[^1]);
        Assert.Contains("events up to 36 were durable", (await DamagedAsync(PartitionPath, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_CutSegments_AreDamage()
    {
        await WriteAsync(12);
        var (position, batch) = Batches(Segments[1])[^1];
        Cut(Segments[1], position);
        var finding = Assert.Single((await VerifyOneAsync()).Findings, finding => finding.IsDamage && finding.Place == Segments[2]);
        Assert.Equal((batch.BaseId, batch.LastId), (finding.First, finding.Last));
    }

    [Fact]
    public async Task VerifyAsync_CutNewestSegmentOfAClosedLog_IsDamage()
    {
        await WriteAsync(12);
        var (position, _) = Batches(Segments[^1])[^1];
        Cut(Segments[^1], position);
        await DamagedAsync(Segments[^1], position);
    }

    [Fact]
    public async Task VerifyAsync_BatchesInTheWrongOrder_AreDamage()
    {
        await WriteAsync(12);
        var batches = Batches(Segments[1]);
        var bytes = await File.ReadAllBytesAsync(Segments[1], Token);
        var size = batches[1].Batch.Bytes.Length;
        Assert.Equal(size, batches[2].Batch.Bytes.Length);
        batches[2].Batch.Bytes.Span.CopyTo(bytes.AsSpan((int)batches[1].Position));
        batches[1].Batch.Bytes.Span.CopyTo(bytes.AsSpan((int)batches[2].Position));
        await File.WriteAllBytesAsync(Segments[1], bytes, Token);
        Assert.Equal(batches[1].Batch.BaseId, (await DamagedAsync(Segments[1], batches[1].Position)).First);
    }

    [Fact]
    public async Task VerifyAsync_LostOrShortIndexes_AreRepairable()
    {
        await WriteAsync(12);
        File.Delete(Indexes[0]);
        Cut(Indexes[0], IndexFile.HeaderSize);
        Cut(Indexes[1], 5);
        Flip(Indexes[2], IndexFile.HeaderSize + 20);
        Flip(Indexes[3], 17);
        var findings = (await RepairableAsync()).Select(finding => finding.Message.Split(';')[0].Split(' ')[^1]);
        Assert.Equal(["missing", "short", "damaged", "damaged", "damaged"], findings);
    }

    [Fact]
    public async Task VerifyAsync_LyingIndex_IsDamage()
    {
        await WriteAsync(12);
        var index = Indexes[1];
        var header = Header(Segments[1]);
        var bytes = await File.ReadAllBytesAsync(index, Token);
        Assert.True(IndexEntry.TryRead(bytes.AsSpan(IndexFile.HeaderSize), header, out var first));
        foreach (var lie in new[] { first with { NextId = first.NextId + 1 }, first with { Position = first.Position + 1 } })
        {
            lie.Write(bytes.AsSpan(IndexFile.HeaderSize), header);
            await File.WriteAllBytesAsync(index, bytes, Token);
            await DamagedAsync(index, null);
        }
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

    [Fact]
    public async Task VerifyAsync_OwnerFileOfAnotherTime_IsDamage()
    {
        await WriteAsync(2);
        var older = await File.ReadAllBytesAsync(OwnerPath, Token);
        await WriteAsync(2);
        await File.WriteAllBytesAsync(OwnerPath, older, Token);
        Assert.Contains("not of one time", (await DamagedAsync(OwnerPath, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_NewerSegment_IsNamed()
    {
        await WriteAsync(12);
        var bytes = await File.ReadAllBytesAsync(Segments[1], Token);
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(4), Crc32C.Compute(bytes.AsSpan(8, 56)));
        await File.WriteAllBytesAsync(Segments[1], bytes, Token);
        Assert.Contains("version 2", (await DamagedAsync(Segments[1], 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_ForeignFileInAPartition_IsNamedAndTheRestIsVerified()
    {
        await WriteAsync(12);
        var foreign = Path.Combine(PartitionPath, "notes.txt");
        await File.WriteAllTextAsync(foreign, "notes", Token);
        await DamagedAsync(foreign, null);
        Assert.Equal(36, (await VerifyOneAsync()).Events);
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("streams/notes.txt")]
    [InlineData("streams/orders/notes.txt")]
    [InlineData("streams/orders/03/x")]
    public async Task VerifyAsync_ForeignFileElsewhere_IsRefused(string name)
    {
        await WriteAsync(1);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_temp.Data, name))!);
        await File.WriteAllTextAsync(Path.Combine(_temp.Data, name), "notes", Token);
        await Assert.ThrowsAsync<StorageRefusedException>(VerifyAsync);
    }

    [Fact]
    public async Task VerifyAsync_NoDataFolderOrANewerOne_IsRefused()
    {
        Assert.Contains("no data folder", (await Assert.ThrowsAsync<StorageRefusedException>(VerifyAsync)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_temp.Data);
        Assert.Contains("no format file", (await Assert.ThrowsAsync<StorageRefusedException>(VerifyAsync)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_temp.Data, "format"), "reflex data, format 7\n", Token);
        Assert.Contains("format 7", (await Assert.ThrowsAsync<StorageRefusedException>(VerifyAsync)).Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_temp.Data));
    }

    [Fact]
    public async Task VerifyAsync_FolderInUse_IsRefusedAndKeepsItFromBeingUsed()
    {
        await WriteAsync(1);
        await using (var fixture = new LogFixture(new DiskFileLayer(), _temp.Data))
        {
            await fixture.Provider.StartAsync(Token);
            Assert.Contains("in use", (await Assert.ThrowsAsync<StorageRefusedException>(VerifyAsync)).Message, StringComparison.Ordinal);
        }

        await using var verification = new FileLogVerifier(_temp.Data).VerifyAsync(cancellationToken: Token).GetAsyncEnumerator(Token);
        Assert.True(await verification.MoveNextAsync());
        await Assert.ThrowsAsync<StorageRefusedException>(() => WriteAsync(1));
    }

    [Fact]
    public async Task VerifyAsync_WhateverItFinds_ChangesNothing()
    {
        await WriteAsync(12, close: false);
        Flip(Segments[1], 100);
        File.Delete(Indexes[0]);
        File.Delete(Path.Combine(_temp.Data, "lock"));
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
        await foreach (var _ in new FileLogVerifier(_temp.Data).VerifyAsync(new Reports(reports), Token))
        {
        }

        Assert.Equal(reports[^1].TotalBytes, reports[^1].Bytes);
        Assert.Equal(Directory.GetFiles(PartitionPath).Sum(file => new FileInfo(file).Length), reports[^1].TotalBytes);
    }

    private static void Flip(string path, int position, int bit = 3)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[position] ^= (byte)(1 << bit);
        File.WriteAllBytes(path, bytes);
    }

    private static void Cut(string path, long length)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(length);
    }

    private static SegmentHeader Header(string path)
    {
        Assert.Equal(1, SegmentHeader.Read(File.ReadAllBytes(path), out var header));
        return header;
    }

    private static List<(long Position, EventBatch Batch)> Batches(string path)
    {
        var batches = new List<(long Position, EventBatch Batch)>();
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(path);
        for (long position = SegmentHeader.Size; EventBatch.TryReadSealed(rest[(int)position..], out var batch); position += batch.Bytes.Length)
        {
            batches.Add((position, batch));
        }

        return batches;
    }

    private async Task WriteAsync(int appends, PartitionId? partition = null, int events = 3, int batches = 1, bool close = true)
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        var log = await fixture.OpenAsync(partition);
        await AppendAsync(log, appends, events, batches);
        if (close)
        {
            await log.DisposeAsync();
        }
    }

    private static async Task AppendAsync(IEventLog log, int appends, int events = 3, int batches = 1)
    {
        for (var i = 0; i < appends; i++)
        {
            var at = TestBatch.Start.AddSeconds(log.Bounds.Head.Value);
            await log.AppendAsync(TestBatch.Append(log, events, metadataSize: 350, at, batches));
        }
    }

    private async Task<List<LogVerification>> VerifyAsync() =>
        await new FileLogVerifier(_temp.Data).VerifyAsync(cancellationToken: Token).ToListAsync(Token);

    private async Task<LogVerification> VerifyOneAsync() => Assert.Single(await VerifyAsync());

    private async Task<LogFinding> DamagedAsync(string place, long? position)
    {
        var finding = Assert.Single((await VerifyOneAsync()).Findings, finding => finding.IsDamage);
        Assert.Equal((place, position), (finding.Place, finding.Position));
        Assert.Contains(Path.GetFileName(place), finding.Message, StringComparison.Ordinal);
        return finding;
    }

    private async Task<IReadOnlyList<LogFinding>> RepairableAsync()
    {
        var found = await VerifyOneAsync();
        Assert.False(found.IsDamaged, string.Join('\n', found.Findings));
        return found.Findings;
    }

    private string Snapshot() => string.Join('\n', Directory
        .EnumerateFileSystemEntries(_temp.Data, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O} {(File.Exists(path) ? Convert.ToHexString(File.ReadAllBytes(path)) : "")}"));

    private sealed class Reports(List<LogVerificationProgress> list) : IProgress<LogVerificationProgress>
    {
        public void Report(LogVerificationProgress value) => list.Add(value);
    }
}
