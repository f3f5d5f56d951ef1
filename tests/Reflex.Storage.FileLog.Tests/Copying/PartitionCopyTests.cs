using System.Globalization;
using Reflex.Storage.FileLog.Copying;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Crashes;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Verifying;

namespace Reflex.Storage.FileLog.Tests.Copying;

/// <summary>
/// A copy while everything that a log does goes on between any two of its steps: appends, rolls, trims, closings, new owners, and owners
/// that fail.
/// </summary>
public sealed class PartitionCopyTests(ITestOutputHelper output) : IDisposable
{
    private const string From = "/data/streams/orders/3";
    private const string To = "/copy";
    private const int SectorSize = 512;

    // REFLEX_CRASH_SEED repeats a run.
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("REFLEX_CRASH_SEED"), CultureInfo.InvariantCulture, out var seed)
            ? seed
            : Random.Shared.Next();

    private readonly DiskThreads _threads = new(2);

    public void Dispose() => _threads.Dispose();

    [Fact]
    public async Task Copy_AtAnyMomentOfAnyHistory_IsSoundAndHoldsWhatWasAcknowledgedBefore()
    {
        output.WriteLine($"seed {Seed}");
        var copies = 0;
        var histories = CrashHistories.All.Select(history => (history.Name, history.Durability, history.Script)).ToList();
        for (var number = 0; number < 30; number++)
        {
            var random = new Random(Seed + number);
            histories.Add((
                string.Create(CultureInfo.InvariantCulture, $"generated {number}"),
                number % 4 == 0 ? Durability.Buffered : Durability.Flushed,
                log => CrashHistories.GeneratedAsync(log, random)));
        }

        foreach (var (name, durability, script) in histories)
        {
            var log = new RecordedLog(_threads, durability);
            await script(log);
            copies += Copy(name, log);
        }

        output.WriteLine($"{copies} copies of {histories.Count} histories");
    }

    private static int Copy(string name, RecordedLog log)
    {
        var (steps, starts) = ReplayedDisk.Split(log.Disk.Steps!, SectorSize);
        var written = log.Promises.Values.SelectMany(promise => promise.Kept.Concat(promise.Possible)).ToLookup(batch => batch.BaseId);
        var random = new Random(Seed);
        var copies = 0;
        for (var start = 0; start <= steps.Count; start++)
        {
            // At a stand-still, step by step, in bursts, and with one jump somewhere.
            var (jumpAt, jump, pace) = (random.Next(1, 40), random.Next(1, steps.Count), random.Next(2, 40));
            foreach (var next in new Func<int, int>[]
            {
                _ => 0, _ => 1, _ => random.Next(pace) == 0 ? random.Next(pace * 2) : 0, call => call == jumpAt ? jump : 0,
            })
            {
                Copy($"{name}, from step {start} of {steps.Count}", new ReplayedDisk(steps, next), start, starts, log, written);
                copies++;
            }
        }

        return copies;
    }

    private static void Copy(
        string name,
        ReplayedDisk disk,
        int start,
        List<int> starts,
        RecordedLog log,
        ILookup<Events.EventId, EventBatch> written)
    {
        disk.Advance(start);
        if (disk.List(From) is null)
        {
            return;
        }

        start = disk.Made;
        var target = new ImageDisk(DiskImage.Empty);
        target.CreateFolder(To);
        try
        {
            new PartitionCopy(disk, target, LogFixture.Partition, From, To, _ => { }).Copy(CancellationToken.None);
        }
        catch (ReflexException error)
        {
            Assert.Fail($"{name}: {error.Message}");
        }

        // Of the changes that were made when it began, the last that is whole says what was promised.
        var (promisedAt, promise) = log.Promises.Last(entry => starts[entry.Key] <= start);
        var trimmedTo = log.Promises.Where(entry => starts[entry.Key] <= disk.Made).Max(entry => entry.Value.MayBeTrimmedTo);
        var found = new PartitionVerifier(target, LogFixture.Partition, To, _ => { }).Verify(CancellationToken.None);
        Assert.True(found.Findings.Count == 0, $"{name}: {string.Join('\n', found.Findings)}");
        var batches = Read(target);
        var oldest = batches.Count > 0 ? batches[0].BaseId : found.Head.Next;
        Assert.True(oldest.Value <= Math.Max(1, trimmedTo), $"{name}: begins with event {oldest}, and trims reached {trimmedTo}");

        // An empty log that was begun anew meanwhile may begin before what was gone when the copy began.
        var goneBefore = log.Promises.Where(entry => entry.Key >= promisedAt && starts[entry.Key] <= disk.Made)
            .Min(entry => entry.Value.MustBeGoneBefore);
        Assert.True(oldest.Value >= goneBefore, $"{name}: begins with event {oldest}, and those before {goneBefore} were deleted");
        foreach (var batch in batches)
        {
            Assert.True(
                written[batch.BaseId].Any(other => other.Bytes.Span.SequenceEqual(batch.Bytes.Span)),
                $"{name}: event {batch.BaseId} is not what was written");
        }

        var promised = promise.Kept.Select(batch => batch.LastId).LastOrDefault();
        Assert.True(found.Head >= promised, $"{name}: event {promised} was acknowledged before, and the head is {found.Head}");
        foreach (var kept in promise.Kept.Where(batch => batch.BaseId >= oldest))
        {
            Assert.True(
                batches.Any(batch => batch.Bytes.Span.SequenceEqual(kept.Bytes.Span)),
                $"{name}: event {kept.BaseId} was acknowledged before, and the copy ends with {found.Head}");
        }
    }

    private static List<EventBatch> Read(ImageDisk disk)
    {
        var batches = new List<EventBatch>();
        foreach (var path in disk.Names.Where(name => name.EndsWith(Segment.FileExtension, StringComparison.Ordinal)).Order())
        {
            ReadOnlyMemory<byte> rest = disk.ReadAll(path).AsMemory(SegmentHeader.Size);
            for (; !rest.IsEmpty; rest = rest[batches[^1].Bytes.Length..])
            {
                Assert.True(EventBatch.TryReadSealed(rest, out var batch));
                batches.Add(batch);
            }
        }

        return batches;
    }
}
