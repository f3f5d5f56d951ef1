using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>The largest, the smallest and the most.</summary>
internal static class LimitChecks
{
    private const int MaxNameLength = 100;

    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Partitions_OfOneAndOfSeveralStreams_AreIndependent", AreIndependentAsync),
        new("Partitions_AsManyAsAStreamMayHave_KeepTheirEvents", ManyPartitionsAsync),
        new("Names_AtTheirLimits_AreServed", NamesAsync),
        new("List_AfterARestart_HasEachPartitionThatWasOpened", ListsAsync),
        new("List_OfOneStream_HasItsPartitionsOnly", ListsOneStreamAsync),
        new("Batches_OfTheLargestSize_AreKept", LargestAsync),
        new("Batches_ManySmallOnesInOneAppend_AreKept", ManySmallAsync),
    ];

    private static async Task AreIndependentAsync(ConformanceRun run)
    {
        var partitions = new[] { "a", "a.1", "a-1", "a_1", "1" }
            .SelectMany(name => new[] { 0, 1, 11 }.Select(index => new PartitionId($"{run.Stream}.{name}", index)))
            .ToArray();
        var all = new List<(IEventLog Log, HeldBatches Held)>();
        foreach (var partition in partitions)
        {
            all.Add((await run.OpenAsync(partition).ConfigureAwait(false), new HeldBatches(run)));
        }

        await Task.WhenAll(all.Select((one, number) => Task.Run(
            async () =>
            {
                for (var i = 0; i < 10; i++)
                {
                    await one.Held.AppendAsync(one.Log, events: 1 + number, metadataBytes: number).ConfigureAwait(false);
                }
            },
            run.Token))).ConfigureAwait(false);
        await run.CloseAsync(all[0].Log).ConfigureAwait(false);
        await run.TrimAsync(all[1].Log, new Retention { MaxBytes = 1 }, SealedBatches.Start).ConfigureAwait(false);
        foreach (var (log, held) in all.Skip(2))
        {
            await held.VerifyAsync(log).ConfigureAwait(false);
            await held.AppendAsync(log).ConfigureAwait(false);
        }
    }

    private static async Task ManyPartitionsAsync(ConformanceRun run)
    {
        var all = new HeldBatches[Cursor.MaxPartitions];
        await Parallel.ForAsync(0, all.Length, run.Token, async (index, _) =>
        {
            var log = await run.OpenAsync(index).ConfigureAwait(false);
            all[index] = new HeldBatches(run);
            await all[index].AppendAsync(log, events: 1 + (index % 3), metadataBytes: index % 50).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        await Parallel.ForAsync(0, all.Length, run.Token, async (index, _) =>
        {
            var log = await run.OpenAsync(index).ConfigureAwait(false);
            await all[index].VerifyAsync(log).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private static async Task NamesAsync(ConformanceRun run)
    {
        var unique = run.Stream.Value["check-".Length..];
        var longest = unique + new string('z', MaxNameLength - unique.Length);
        foreach (var name in new[]
            {
                unique, longest, longest[..^1], longest[..^1] + "y", unique + new string('.', MaxNameLength - unique.Length),
                unique + "-", unique + "_", unique + "..", unique + ".log", unique + "._-",
            })
        {
            foreach (var index in new[] { 0, Cursor.MaxPartitions - 1 })
            {
                var partition = new PartitionId(name, index);
                var held = new HeldBatches(run);
                var log = await run.OpenAsync(partition).ConfigureAwait(false);
                await held.AppendAsync(log, events: name.Length).ConfigureAwait(false);
                await run.CloseAsync(log).ConfigureAwait(false);
                await held.VerifyAsync(await run.OpenAsync(partition).ConfigureAwait(false)).ConfigureAwait(false);
            }
        }
    }

    private static async Task ListsAsync(ConformanceRun run)
    {
        var opened = new List<PartitionId>();
        foreach (var partition in new[] { new PartitionId(run.Stream, 0), new(run.Stream, 7), new($"{run.Stream}.other", 2) })
        {
            await run.OpenAsync(partition).ConfigureAwait(false);
            opened.Add(partition);
            Expect.That(await HasAllAsync().ConfigureAwait(false), $"{partition}, which was opened, to be listed once");
        }

        await run.RestartAsync().ConfigureAwait(false);
        Expect.That(await HasAllAsync().ConfigureAwait(false), "every partition that was opened before the restart to be listed once");

        async Task<bool> HasAllAsync()
        {
            var listed = await run.Provider.ListAsync(stream: null, run.Token).ConfigureAwait(false);
            return opened.TrueForAll(partition => listed.Count(one => one == partition) == 1);
        }
    }

    private static async Task ListsOneStreamAsync(ConformanceRun run)
    {
        var others = StreamName.Parse($"{run.Stream}.other");
        foreach (var partition in new[] { new PartitionId(run.Stream, 0), new(run.Stream, 7), new(others, 2) })
        {
            await run.OpenAsync(partition).ConfigureAwait(false);
        }

        await run.RestartAsync().ConfigureAwait(false);
        Expect.Same("0, 7", await ListAsync(run.Stream).ConfigureAwait(false), "the partitions of the stream");
        Expect.Same("2", await ListAsync(others).ConfigureAwait(false), "the partitions of the other stream");
        Expect.Same("", await ListAsync(StreamName.Parse($"{run.Stream}.none")).ConfigureAwait(false), "the partitions of no stream");

        async Task<string> ListAsync(StreamName stream)
        {
            var listed = await run.Provider.ListAsync(stream, run.Token).ConfigureAwait(false);
            Expect.That(listed.All(partition => partition.Stream == stream), $"only partitions of {stream} to be listed");
            return string.Join(", ", listed.Select(partition => partition.Index).Order());
        }
    }

    private static async Task LargestAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        for (var i = 0; i < 2; i++)
        {
            await held.AppendAsync(log).ConfigureAwait(false);
            var head = log.Bounds.Head;
            await held.AppendAsync(
                log,
                [
                    SealedBatches.MakeOfSize(EventBatch.MaxSize, head.Next, log.Epoch, head, moreFollows: true),
                    SealedBatches.MakeOfSize(EventBatch.MaxSize, head.Next.Next, log.Epoch, head),
                ]).ConfigureAwait(false);
            await held.VerifyAsync(log).ConfigureAwait(false);
        }

        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
    }

    private static async Task ManySmallAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendAsync(log, batches: 4000, metadataBytes: 0).ConfigureAwait(false);
        await held.AppendAsync(log, batches: 4000, metadataBytes: 1).ConfigureAwait(false);
        Expect.Same(new EventId(8000), log.Bounds.Head, "the head");
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
    }
}
