using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Verifying;

/// <summary>Every kind of damage is found where it is.</summary>
public sealed class DamagedFolderTests : VerifyingTests
{
    [Theory]
    [InlineData(0)] // Magic.
    [InlineData(5)] // Checksum.
    [InlineData(20)] // Base id.
    [InlineData(50)] // Previous epoch.
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
    public async Task VerifyAsync_ABatchAfterTheDamageSaysItWasDurable_IsDamage()
    {
        await WriteAsync(1, events: 1, close: false);
        await WriteAsync(4, events: 1, close: false);
        Array.ForEach(Indexes, File.Delete);
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
        var verified = await VerifyOneAsync();
        Assert.NotNull(verified.EpochOf(new(first.Value - 1)));
        Assert.Null(verified.EpochOf(first));
        Assert.Null(verified.EpochOf(last));
        Assert.NotNull(verified.EpochOf(last.Next));
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
    public async Task VerifyAsync_SegmentOfAnotherLife_IsNamed()
    {
        // A copy is restored, and goes on: the same ids, the same sizes, other events.
        await WriteAsync(4, epoch: 1);
        var first = Segments.Length;
        var copy = Data + "-copy";
        TempFolder.Copy(Data, copy);
        await WriteAsync(12, epoch: 9);
        var ofAnother = await File.ReadAllBytesAsync(Segments[first], Token);
        Directory.Delete(Data, recursive: true);
        Directory.Move(copy, Data);
        await WriteAsync(12, epoch: 7);
        await File.WriteAllBytesAsync(Segments[first], ofAnother, Token);
        File.Delete(Indexes[first]);
        var finding = (await VerifyOneAsync()).Findings.First(found => found.IsDamage);
        Assert.Equal((Segments[first], SegmentHeader.Size), (finding.Place, finding.Position));
        Assert.Contains(
            "follows one of epoch 9, but the log before it ends with one of epoch 7", finding.Message, StringComparison.Ordinal);
        Assert.True(finding.MayBeOfMoments);
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
    public async Task VerifyAsync_OwnerFileOfAnotherTime_IsDamage()
    {
        await WriteAsync(2);
        var older = await File.ReadAllBytesAsync(OwnerPath, Token);
        await WriteAsync(2);
        await File.WriteAllBytesAsync(OwnerPath, older, Token);
        Assert.Contains("of different moments", (await DamagedAsync(OwnerPath, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_NewerSegment_IsNamed()
    {
        await WriteAsync(12);
        var bytes = await File.ReadAllBytesAsync(Segments[1], Token);
        bytes[8] = 3;
        BitConverter.TryWriteBytes(bytes.AsSpan(4), Crc32C.Compute(bytes.AsSpan(8, 56)));
        await File.WriteAllBytesAsync(Segments[1], bytes, Token);
        Assert.Contains("version 3", (await DamagedAsync(Segments[1], 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_FileInAPartitionThatLooksLikeTheLogs_IsNamedAndTheRestIsVerified()
    {
        await WriteAsync(12);
        var foreign = Path.Combine(PartitionPath, "owner.old");
        await File.WriteAllTextAsync(foreign, "notes", Token);
        await DamagedAsync(foreign, null);
        Assert.Equal(36, (await VerifyOneAsync()).Events);
    }
}
