using System.Runtime.InteropServices;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>Makes the images of every moment of a history and recovers each.</summary>
/// <param name="threads">Where the logs work.</param>
/// <param name="durability">How the log was and is opened.</param>
/// <param name="sectorSize">What of a write is torn.</param>
/// <param name="seed">Chooses among what is too much to be tried.</param>
internal sealed class CrashImages(DiskThreads threads, Durability durability, int sectorSize, int seed)
{
    // Of an image's recovery images are made too, and of theirs again: of every so manieth.
    private const int NestedEvery = 60;
    private const int NestedBound = 8;
    private const int MaxDepth = 2;

    // So manieth is deleted as well.
    private const int DeletedEvery = 5;

    private readonly HashSet<(ulong Image, int Promise)> _seen = [];
    private readonly Random _random = new(seed);
    private int _promises;

    /// <summary>How many different images were recovered.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them are of a crash while a crash was repaired.</summary>
    public int Nested { get; private set; }

    public Task RunAsync(RecordedLog history, Func<bool> keepsOfFailedFlush, int bound) => RunAsync(
        new PowerCut(DiskImage.Empty, sectorSize, keepsOfFailedFlush), history.Disk.Steps!, history.Promises, bound, depth: 0);

    private async Task RunAsync(
        PowerCut cut, IReadOnlyList<DiskStep> steps, SortedList<int, Promise> promises, int bound, int depth)
    {
        var promise = promises.Values[0];
        var number = ++_promises;
        for (var step = 0; step <= steps.Count; step++)
        {
            var changed = step == 0 || cut.Apply(steps[step - 1]);
            if (promises.TryGetValue(step, out var next))
            {
                promise = next;
                changed = true;
                number = ++_promises;
            }

            foreach (var choice in changed ? Choices.Of(cut.Units, bound, _random) : [])
            {
                // The lengths matter less than the bytes: one at a time in turn, unless all can be had.
                var lengths = cut.Units <= 5 ? Enum.GetValues<FileLengths>() : [(FileLengths)_random.Next(3)];
                foreach (var image in lengths.Select(length => cut.Build(choice, length)).Where(image => _seen.Add((Hash(image), number))))
                {
                    await CheckAsync(image, promise, depth, step);
                }
            }
        }
    }

    /// <summary>Opens, compares, appends and opens again; of some images every moment of that is looked at in turn.</summary>
    private async Task CheckAsync(DiskImage image, Promise promise, int depth, int step)
    {
        Count++;
        Nested += depth > 0 ? 1 : 0;
        if (Count % DeletedEvery == 0)
        {
            await CheckDeletionAsync(image, promise, depth, step);
        }

        var isNesting = depth < MaxDepth && Count % NestedEvery == 0;
        var disk = new ImageDisk(image) { Steps = isNesting ? [] : null };
        var promises = new SortedList<int, Promise> { [0] = promise };
        try
        {
            var log = ImageLog.Open(disk, threads, durability);
            var found = await ImageCheck.VerifyAsync(log.Log, promise);
            promises[disk.Steps?.Count ?? 0] = found;
            var batches = await GoOnAsync(log, isImport: found.IsImported && Count % 3 > 0);
            promise = found with { Kept = [.. found.Kept, .. batches] };
            if (Count % 2 == 0)
            {
                // The others are killed: the images hold nothing open.
                await log.DisposeAsync();
            }

            var again = ImageLog.Open(disk, threads, durability);
            await ImageCheck.VerifyAsync(again.Log, promise);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(
                $"Image {Count}, after step {step}, in depth {depth}, of sectors of {sectorSize} bytes: {error.Message}", error);
        }

        if (isNesting)
        {
            // Only up to the end of the first opening: an append after it is like any other.
            var steps = disk.Steps!.Take(promises.Keys[^1]).ToArray();
            await RunAsync(new PowerCut(image, sectorSize, () => true), steps, promises, NestedBound, depth + 1);
        }
    }

    /// <summary>Appends, or imports more, as after an import that ended early.</summary>
    private async Task<List<EventBatch>> GoOnAsync(ImageLog log, bool isImport)
    {
        var batches = isImport
            ? log.NextImported(appends: 1, batchesEach: 2, events: 1, metadataSize: Count % 500, isLate: Count % 2 == 0)
            : log.Next(appends: 1, batchesEach: 2, events: 1, metadataSize: Count % 500);
        await (isImport ? log.Log.ImportAsync(batches) : log.Log.AppendAsync(batches));
        return batches;
    }

    /// <summary>Deletes what a crash has left, be it of a deletion, and opens it.</summary>
    private async Task CheckDeletionAsync(DiskImage image, Promise promise, int depth, int step)
    {
        try
        {
            var disk = new ImageDisk(image);
            ImageLog.Delete(disk, threads, durability);
            var log = ImageLog.Open(disk, threads, durability).Log;
            Assert.True(log.Bounds.Oldest > log.Bounds.Head, $"A deleted log holds the events {log.Bounds.Oldest} to {log.Bounds.Head}.");
            await ImageCheck.VerifyAsync(log, promise with { MayBeTrimmedTo = log.Bounds.Oldest.Value });
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(
                $"Image {Count}, after step {step}, in depth {depth}, of sectors of {sectorSize} bytes, deleted: {error.Message}", error);
        }
    }

    /// <summary>Tells images apart by names and bytes; the numbers of the files don't matter.</summary>
    private static ulong Hash(DiskImage image)
    {
        var hash = 14695981039346656037;
        foreach (var (name, file) in image.Names.OrderBy(name => name.Key, StringComparer.Ordinal))
        {
            Mix(ref hash, MemoryMarshal.AsBytes(name.AsSpan()));
            Mix(ref hash, file is { } known ? image.Contents[known] : []);
        }

        return hash;
    }

    private static void Mix(ref ulong hash, ReadOnlySpan<byte> bytes)
    {
        const ulong Prime = 1099511628211;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            hash = ulong.RotateLeft((hash ^ word) * Prime, 29);
        }

        foreach (var value in bytes[(words.Length * sizeof(ulong))..])
        {
            hash = ulong.RotateLeft((hash ^ value) * Prime, 29);
        }

        hash = (hash ^ (ulong)bytes.Length) * Prime;
    }
}
