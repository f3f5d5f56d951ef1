using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>Flips every bit of every file of a small log: two segments and their indexes, the owner file, the format.</summary>
public sealed class FlippedBitTests(ITestOutputHelper output) : IDisposable
{
    private const string Folder = "/data/streams/orders/3/";
    private const string First = Folder + "00000000000000000001.log";
    private const string Second = Folder + "00000000000000000004.log";
    private readonly DiskThreads _threads = new(1);

    public void Dispose() => _threads.Dispose();

    [Fact]
    public async Task SegmentOfAClosedLog_AnyBit_IsDamageThatNamesSegmentPositionAndId()
    {
        var (image, promise) = await MakeAsync(isClosed: true);
        foreach (var path in new[] { First, Second })
        {
            var onOpening = await CountAsync(image, path, async (disk, bit) =>
            {
                var (error, opened) = await FindDamageAsync(disk, promise);
                Assert.Contains(path, error.Message, StringComparison.Ordinal);
                AssertNamesPlace(error.Message, path, bit, promise);
                return !opened;
            });
            output.WriteLine($"{path}: {onOpening.Count} flips, {onOpening.Hits} found by opening, the others by reading");
        }
    }

    [Fact]
    public async Task NewestSegmentOfAKilledLog_AnyBit_IsDamageOrCutsTheLastAppendAlone()
    {
        var (image, promise) = await MakeAsync(isClosed: false);
        var last = promise.Kept[^1];
        var cuts = await CountAsync(image, Second, async (disk, bit) =>
        {
            var isLast = bit / 8 >= image.Contents[image.Names[Second]!.Value].Length - last.Bytes.Length;
            if (!isLast)
            {
                var (error, _) = await FindDamageAsync(disk, promise);
                Assert.Contains(Second, error.Message, StringComparison.Ordinal);
                AssertNamesPlace(error.Message, Second, bit, promise);
                return false;
            }

            // That it was acknowledged is written nowhere, so that it looks like a torn write.
            await using var log = ImageLog.Open(disk, _threads, Durability.Flushed);
            Assert.Equal(last.BaseId.Value - 1, log.Log.Bounds.Head.Value);
            await ImageCheck.VerifyAsync(log.Log, promise with { Kept = [.. promise.Kept.SkipLast(1)] });
            return true;
        });
        Assert.Equal(last.Bytes.Length * 8, cuts.Hits);
        output.WriteLine($"{Second}: {cuts.Count} flips, {cuts.Hits} cut the last append");
    }

    [Fact]
    public async Task Read_AnyBitOfABatchWhileTheLogIsOpen_IsDamageThatNamesSegmentPositionAndId()
    {
        var (image, promise) = await MakeAsync(isClosed: true);
        foreach (var path in new[] { First, Second })
        {
            var disk = new ImageDisk(image);
            await using var log = ImageLog.Open(disk, _threads, Durability.Flushed);
            var length = image.Contents[image.Names[path]!.Value].Length;
            for (var bit = 64 * 8; bit < length * 8; bit++)
            {
                Flip(disk, path, bit);
                var error = await Assert.ThrowsAsync<LogCorruptedException>(() => ImageCheck.ReadAllAsync(log.Log));
                AssertNamesPlace(error.Message, path, bit, promise);
                Flip(disk, path, bit);
            }

            await ImageCheck.VerifyAsync(log.Log, promise);
        }
    }

    [Theory]
    [InlineData("00000000000000000001.idx", true)]
    [InlineData("00000000000000000004.idx", true)]
    [InlineData("00000000000000000001.idx", false)]
    public async Task Index_AnyBit_IsHarmlessAndTheIndexIsMadeAnew(string name, bool isClosed)
    {
        var (image, promise) = await MakeAsync(isClosed);
        var path = Folder + name;
        var newest = Path.ChangeExtension(Second, Segment.IndexExtension);
        var original = image.Contents[image.Names[path]!.Value];
        SegmentHeader.Read(image.Contents[image.Names[Path.ChangeExtension(path, Segment.FileExtension)]!.Value], out var header);
        Assert.NotNull(header);
        var all = await CountAsync(image, path, async (disk, bit) =>
        {
            await using (var log = ImageLog.Open(disk, _threads, Durability.Flushed))
            {
                await ImageCheck.VerifyAsync(log.Log, promise);
                await AssertSeeksAsync(log, promise);
            }

            // The newest segment's index may lack a place that it had, which makes a seek the longer; it is whole.
            using var file = disk.Open(path, FileOpening.Read);
            Assert.True(IndexFile.Read(file, header, new SegmentIndex(header.BaseId), out _), $"Bit {bit}: the index is not whole.");
            Assert.True(path == newest || original.AsSpan().SequenceEqual(disk.ReadAll(path)), $"Bit {bit}: it was not made anew.");
            return true;
        });
        output.WriteLine($"{path}: {all.Count} flips");
    }

    [Fact]
    public async Task Owner_AnyBit_LosesNothingAndTakesAnEpochThatNobodyHas()
    {
        var (image, promise) = await MakeAsync(isClosed: true);
        var before = promise.Kept.Max(batch => batch.Epoch);
        var path = Folder + "owner";
        var damaged = await CountAsync(image, path, async (disk, bit) =>
        {
            // What lies between the slots is no slot; a bit of each byte of it will do.
            if (bit / 8 % 4096 >= 64 && bit % 8 != bit / 8 % 8)
            {
                return false;
            }

            await using var log = ImageLog.Open(disk, _threads, Durability.Flushed);
            Assert.True(log.Log.Epoch > before, $"Bit {bit}: epoch {log.Log.Epoch} after {before}.");
            await ImageCheck.VerifyAsync(log.Log, promise);
            return bit / 8 % 4096 < 64;
        });
        Assert.Equal(2 * 64 * 8, damaged.Hits);
    }

    [Fact]
    public async Task Format_AnyBit_IsRefusedAndChangesNothing()
    {
        var (image, _) = await MakeAsync(isClosed: true);
        await CountAsync(image, "/data/format", (disk, bit) =>
        {
            var changed = disk.ReadAll("/data/format");
            var error = Assert.Throws<StorageRefusedException>(() => ImageLog.Open(disk, _threads, Durability.Flushed));
            Assert.Contains("The data folder /data has ", error.Message, StringComparison.Ordinal);
            Assert.Equal(changed, disk.ReadAll("/data/format"));
            return Task.FromResult(true);
        });
    }

    /// <summary>Two segments with several batches and index entries each; the log was opened by a second owner.</summary>
    private async Task<(DiskImage Image, Promise Promise)> MakeAsync(bool isClosed)
    {
        var disk = new ImageDisk(DiskImage.Empty);
        var kept = new List<EventBatch>();
        await using (var first = ImageLog.Open(disk, _threads, Durability.Flushed))
        {
            await AppendAsync(first, 100);
            await AppendAsync(first, 1500);
            await AppendAsync(first, 2000);
        }

        var second = ImageLog.Open(disk, _threads, Durability.Flushed);
        await AppendAsync(second, 1000);
        await AppendAsync(second, 60);
        if (isClosed)
        {
            await second.DisposeAsync();
        }
        else
        {
            // As long as what was written: the zeros laid out after it are no part of the log.
            using var file = disk.Open(Second, FileOpening.Write);
            file.SetLength(64 + kept.TakeLast(2).Sum(batch => batch.Bytes.Length));
        }

        return (disk.ToImage(), new Promise(kept, [], 1));

        async Task AppendAsync(ImageLog log, int metadataSize)
        {
            var batches = log.Next(1, 1, 1, metadataSize);
            await log.Log.AppendAsync(batches);
            kept.AddRange(batches);
        }
    }

    /// <summary>Opens the log and reads it through; answers what was found and whether it could be opened.</summary>
    private async Task<(LogCorruptedException Error, bool Opened)> FindDamageAsync(ImageDisk disk, Promise promise)
    {
        ImageLog log;
        var before = disk.ToImage();
        try
        {
            log = ImageLog.Open(disk, _threads, Durability.Flushed);
        }
        catch (LogCorruptedException error)
        {
            foreach (var (path, file) in before.Names.Where(name => name.Key.StartsWith(Folder, StringComparison.Ordinal)))
            {
                Assert.Equal(before.Contents[file!.Value], disk.ReadAll(path));
            }

            return (error, false);
        }

        await using (log)
        {
            Assert.Equal(promise.Kept[^1].LastId, log.Log.Bounds.Head);
            return (await Assert.ThrowsAsync<LogCorruptedException>(() => ImageCheck.ReadAllAsync(log.Log)), true);
        }
    }

    private static async Task AssertSeeksAsync(ImageLog log, Promise promise)
    {
        foreach (var batch in promise.Kept)
        {
            var page = await log.Log.ReadAsync(new EventId(batch.BaseId.Value - 1), 1, CancellationToken.None);
            Assert.True(page.Span.SequenceEqual(batch.Bytes.Span));
        }
    }

    private static void AssertNamesPlace(string message, string path, int bit, Promise promise)
    {
        var position = 64;
        foreach (var batch in promise.Kept.Where(batch => batch.BaseId.Value >= 4 == (path == Second)))
        {
            if (bit / 8 >= position && bit / 8 < position + batch.Bytes.Length)
            {
                Assert.Contains(
                    $"at position {position}: expected a valid batch with event {batch.BaseId}", message, StringComparison.Ordinal);
                return;
            }

            position += batch.Bytes.Length;
        }

        Assert.Contains("at position 0", message, StringComparison.Ordinal);
    }

    private static void Flip(ImageDisk disk, string path, int bit)
    {
        using var file = disk.Open(path, FileOpening.Write);
        var one = new byte[1];
        Assert.Equal(1, file.Read(one, bit / 8));
        file.Write([(byte)(one[0] ^ (1 << (bit % 8)))], bit / 8);
    }

    private static async Task<(int Count, int Hits)> CountAsync(DiskImage image, string path, Func<ImageDisk, int, Task<bool>> check)
    {
        var bits = image.Contents[image.Names[path]!.Value].Length * 8;
        var hits = 0;
        for (var bit = 0; bit < bits; bit++)
        {
            var disk = new ImageDisk(image);
            Flip(disk, path, bit);
            hits += await check(disk, bit) ? 1 : 0;
        }

        return (bits, hits);
    }
}
