using System.Diagnostics;
using System.Globalization;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Crashes;

public sealed class CrashImageTests(ITestOutputHelper output)
{
    private const int MinImages = 100_000;

    // REFLEX_CRASH_SEED repeats a run, REFLEX_IMAGES_PER_STEP makes it longer.
    private static readonly int Seed = Read("REFLEX_CRASH_SEED", Random.Shared.Next());
    private static readonly int Bound = Read("REFLEX_IMAGES_PER_STEP", 128);

    /// <summary>
    /// What the disk holds when the power goes, at every moment of every history: each is opened, compared, appended to, opened again.
    /// </summary>
    [Fact]
    public async Task EveryImageOfEveryHistory_RecoversWhatWasAcknowledgedAndNothingElse()
    {
        output.WriteLine($"seed {Seed}");
        var started = Stopwatch.GetTimestamp();
        var runs = from history in CrashHistories.All
                   from sectorSize in new[] { 512, 4096 }
                   from keeps in history.Name == CrashHistories.FailingFlushes ? Enum.GetValues<Kept>() : [Kept.All]
                   select (history, sectorSize, keeps);
        var (images, nested, lines) = (0, 0, new List<string>());
        await Parallel.ForEachAsync(runs, TestContext.Current.CancellationToken, async (run, _) =>
        {
            using var threads = new DiskThreads(1);
            var log = new RecordedLog(threads, run.history.Durability);
            await run.history.Script(log);
            var random = new Random(Seed);
            var crashes = new CrashImages(threads, run.history.Durability, run.sectorSize, Seed);
            var name = $"{run.history.Name}, sectors of {run.sectorSize}, what flushes failed on kept: {run.keeps}";
            try
            {
                await crashes.RunAsync(log, () => run.keeps == Kept.All || (run.keeps == Kept.Some && random.Next(2) == 0), Bound);
            }
            catch (InvalidOperationException error)
            {
                throw new InvalidOperationException($"Seed {Seed}, {name}: {error.Message}", error);
            }

            lock (lines)
            {
                images += crashes.Count;
                nested += crashes.Nested;
                lines.Add($"{name}: {log.Disk.Steps!.Count} steps, {crashes.Count} images, {crashes.Nested} of them of repairs");
            }
        });
        lines.Order(StringComparer.Ordinal).ToList().ForEach(output.WriteLine);
        output.WriteLine(
            $"{CrashHistories.All.Count} histories, {images} different images, {nested} of them of repairs, "
            + $"in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
        Assert.InRange(images, MinImages, int.MaxValue);
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
