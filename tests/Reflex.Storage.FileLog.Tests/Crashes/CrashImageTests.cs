using System.Diagnostics;
using System.Globalization;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Crashes;

public sealed class CrashImageTests(ITestOutputHelper output)
{
    private const int MinImages = 100_000;

    // REFLEX_CRASH_SEED repeats a run, REFLEX_IMAGES_PER_STEP makes it longer.
    private static readonly int Seed = Read("REFLEX_CRASH_SEED", Random.Shared.Next());
    private static readonly int[] SectorSizes = [512, 4096];
    private static readonly int Bound = Read("REFLEX_IMAGES_PER_STEP", 128);

    private readonly List<string> _lines = [];
    private int _images;
    private int _nested;

    /// <summary>
    /// What the disk holds when the power goes, at every moment of every history: each is opened, compared, appended to, opened again.
    /// </summary>
    [Fact]
    public async Task EveryImageOfEveryHistory_RecoversWhatWasAcknowledgedAndNothingElse()
    {
        var started = Stopwatch.GetTimestamp();
        var scripted = from history in CrashHistories.All
                       from sectorSize in SectorSizes
                       from keeps in history.Name == CrashHistories.FailingFlushes ? Enum.GetValues<Kept>() : [Kept.All]
                       select (history.Name, history.Durability, history.Script, sectorSize, keeps);
        await Parallel.ForEachAsync(scripted, TestContext.Current.CancellationToken, async (run, _) =>
            await RunAsync(run.Name, run.Durability, run.Script, run.sectorSize, run.keeps));
        await Parallel.ForEachAsync(GenerateUntilEnough(), TestContext.Current.CancellationToken, async (number, _) =>
        {
            var random = new Random(Seed + number);
            await RunAsync(
                $"generated {number}",
                random.Next(4) == 0 ? Durability.Buffered : Durability.Flushed,
                number % 4 == 0
                    ? log => CrashHistories.GeneratedImportsAsync(log, random)
                    : log => CrashHistories.GeneratedAsync(log, random),
                SectorSizes[random.Next(SectorSizes.Length)],
                (Kept)random.Next(3));
        });
        output.WriteLine(
            $"seed {Seed}: {_lines.Count} histories, {_images} different images, {_nested} of them of repairs, "
            + $"in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
        _lines.Order(StringComparer.Ordinal).ToList().ForEach(output.WriteLine);
        Assert.InRange(_images, MinImages, int.MaxValue);
    }

    /// <summary>A failing run is found again by its seed, since the number of each generated history is part of it.</summary>
    private IEnumerable<int> GenerateUntilEnough()
    {
        for (var number = 1; Volatile.Read(ref _images) < MinImages; number++)
        {
            yield return number;
        }
    }

    private async Task RunAsync(string name, Durability durability, Func<RecordedLog, Task> script, int sectorSize, Kept kept)
    {
        name = $"{name}, {durability}, sectors of {sectorSize}, of failed flushes was kept: {kept}";
        using var threads = new DiskThreads(1);
        var log = new RecordedLog(threads, durability);
        var random = new Random(Seed);
        var images = new CrashImages(threads, durability, sectorSize, Seed);
        try
        {
            await script(log);
            await images.RunAsync(log, () => kept == Kept.All || (kept == Kept.Some && random.Next(2) == 0), Bound);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"Seed {Seed}, {name}: {error.Message}", error);
        }

        lock (_lines)
        {
            _images += images.Count;
            _nested += images.Nested;
            _lines.Add($"{name}: {log.Disk.Steps!.Count} steps, {images.Count} images, {images.Nested} of them of repairs");
        }
    }

    private static int Read(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private enum Kept
    {
        None,
        Some,
        All,
    }
}
