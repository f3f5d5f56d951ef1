using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>What a deletion removes, and what it must leave: the head, its epoch, and nobody who goes on.</summary>
internal static class DeleteChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Delete_ThenOpen_HoldsNothingAndGoesOnAfterTheHead", GoesOnAsync),
        new("Delete_OfALogWithoutEvents_LeavesItsHead", LeavesHeadAsync),
        new("Delete_BesideAnOwner_FencesIt", FencesAsync),
        new("Delete_WhileTheOwnerAppends_LosesNoHead", RacesAsync),
        new("Delete_BesideReads_ShowsThemNothingElse", BesideReadsAsync),
        new("Delete_ThenList_LeavesItOutUntilItIsOpened", ListsAsync),
        new("Delete_ThenListDeleted_TellsWhereItsNameGoesOn", ListsDeletedAsync),
        new("Delete_Again_ChangesNothing", AgainAsync),
        new("Delete_OfWhatIsNotThere_MakesNothing", MakesNothingAsync),
        new("Delete_ManyAtOnceBesideOpenings_LeavesAWholeLog", ManyAsync),
    ];

    private static async Task GoesOnAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        long epoch = 0;
        for (var i = 0; i < 6; i++)
        {
            var log = await run.OpenAsync().ConfigureAwait(false);
            Expect.That(log.Epoch > epoch, $"the epoch of an owner after a deletion above {epoch}; it is {log.Epoch}");
            epoch = log.Epoch;
            var first = held.Head.Next;
            await held.VerifyAsync(log, first).ConfigureAwait(false);
            await held.AppendAsync(log, events: 3, batches: 2, at: SealedBatches.Start.AddMinutes(i)).ConfigureAwait(false);
            if (i % 2 == 0)
            {
                await held.AppendTrimmableAsync(log).ConfigureAwait(false);
            }

            await held.VerifyAsync(log, first).ConfigureAwait(false);
            if (i % 3 != 0)
            {
                await run.CloseAsync(log).ConfigureAwait(false);
            }

            await run.DeleteAsync().ConfigureAwait(false);
            if (i % 3 != 1)
            {
                await run.RestartAsync().ConfigureAwait(false);
            }
        }

        await held.VerifyAsync(await run.OpenAsync().ConfigureAwait(false), held.Head.Next).ConfigureAwait(false);
    }

    private static async Task LeavesHeadAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var log = await run.OpenAsync().ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
        await held.AppendAsync(log, events: 3).ConfigureAwait(false);
        await run.TrimAsync(log, new Retention { MaxAge = TimeSpan.FromDays(1) }, SealedBatches.Start.AddYears(1)).ConfigureAwait(false);
        for (var i = 0; i < 2; i++)
        {
            // Of one that was trimmed, then of one that was opened and nothing more.
            await run.DeleteAsync().ConfigureAwait(false);
            log = await run.ReopenAsync(log).ConfigureAwait(false);
            await held.VerifyAsync(log, held.Head.Next).ConfigureAwait(false);
        }

        await held.AppendAsync(log).ConfigureAwait(false);
    }

    private static async Task FencesAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var older = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendAsync(older, events: 5).ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        await FailsAsync("the append of an owner whose log was deleted").ConfigureAwait(false);
        var newer = await run.OpenAsync().ConfigureAwait(false);
        await FailsAsync("an older owner's append after its log was deleted and opened again").ConfigureAwait(false);
        var first = held.Head.Next;
        await held.VerifyAsync(newer, first).ConfigureAwait(false);
        await held.AppendAsync(newer).ConfigureAwait(false);
        await FailsAsync("an older owner's append after the new one's").ConfigureAwait(false);
        await run.CloseAsync(older).ConfigureAwait(false);
        newer = await run.ReopenAsync(newer).ConfigureAwait(false);
        await held.VerifyAsync(newer, first).ConfigureAwait(false);

        Task FailsAsync(string what) =>
            Expect.FailsAsync<LogFencedException>(() => older.AppendAsync(SealedBatches.Append(older, events: 2)), what);
    }

    private static async Task RacesAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var owner = await run.OpenAsync().ConfigureAwait(false);
        for (var round = 0; round < 15; round++)
        {
            var older = owner;
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var appending = Task.Run(() => OwnerChecks.AppendUntilFencedAsync(run, older, held, first), run.Token);
            await Task.WhenAny(first.Task, appending).ConfigureAwait(false);
            await run.DeleteAsync().ConfigureAwait(false);
            await appending.ConfigureAwait(false);
            owner = await run.OpenAsync().ConfigureAwait(false);
            await held.VerifyAsync(owner, held.Head.Next).ConfigureAwait(false);
            await run.CloseAsync(older).ConfigureAwait(false);
        }
    }

    private static async Task BesideReadsAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var older = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendTrimmableAsync(older).ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(run.Token);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Run(() => ReadAsync(seed, ending.Token), run.Token)).ToArray();
        await Task.WhenAny([started.Task, .. readers]).ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        var newer = await run.OpenAsync().ConfigureAwait(false);
        var next = new HeldBatches(run) { All = { held.All[^1] } };
        await next.AppendTrimmableAsync(newer).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(readers).ConfigureAwait(false);
        for (var seed = 3; seed < 100; seed++)
        {
            await ReadOneAsync(new Random(seed)).ConfigureAwait(false);
        }

        async Task ReadAsync(int seed, CancellationToken ended)
        {
            for (var random = new Random(seed); !ended.IsCancellationRequested;)
            {
                await ReadOneAsync(random).ConfigureAwait(false);
                started.TrySetResult();

                // A storage may never wait; the deletion needs a thread too.
                await Task.Yield();
            }
        }

        async Task ReadOneAsync(Random random)
        {
            try
            {
                var after = new EventId(random.NextInt64(0, held.Head.Value));
                foreach (var batch in await run.ReadAsync(older, after, 1 << random.Next(16)).ConfigureAwait(false))
                {
                    held.VerifyOne(batch);
                }
            }
            catch (LogFailedException)
            {
                // What it asked for is gone.
            }
        }
    }

    private static async Task ListsDeletedAsync(ConformanceRun run)
    {
        var logs = new List<LogStart>();
        for (var index = 0; index < 3; index++)
        {
            // The first one never had an event.
            var log = await run.OpenAsync(index).ConfigureAwait(false);
            for (var i = 0; i < index; i++)
            {
                await log.AppendAsync(SealedBatches.Append(log, events: 2)).ConfigureAwait(false);
            }

            logs.Add(new LogStart(log.Bounds.Head, log.Bounds.HeadEpoch, log.Bounds.HeadAppendedAt, 0));
        }

        await ExpectAsync().ConfigureAwait(false);
        await run.DeleteAsync(2).ConfigureAwait(false);
        await run.DeleteAsync(0).ConfigureAwait(false);
        await ExpectAsync(0, 2).ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        await ExpectAsync(0, 2).ConfigureAwait(false);

        // A copy of it.
        var left = await FindAsync(2).ConfigureAwait(false);
        logs.Add(left with { GreatestEpoch = 0 });
        await run.Provider.BeginAsync(new PartitionId(run.Stream, 3), left, run.Token).ConfigureAwait(false);
        await ExpectAsync(0, 2).ConfigureAwait(false);
        await run.DeleteAsync(3).ConfigureAwait(false);
        await ExpectAsync(0, 2, 3).ConfigureAwait(false);
        var copy = await FindAsync(3).ConfigureAwait(false);
        Expect.That(copy.GreatestEpoch > left.GreatestEpoch, $"a copy's epoch above {left.GreatestEpoch}; it is {copy.GreatestEpoch}");
        await run.OpenAsync(0).ConfigureAwait(false);
        await run.OpenAsync(2).ConfigureAwait(false);
        await ExpectAsync(3).ConfigureAwait(false);

        async Task<LogStart> FindAsync(int index) =>
            (await ListDeletedAsync(run).ConfigureAwait(false)).Single(log => log.Partition.Index == index).Left;

        async Task ExpectAsync(params int[] indexes)
        {
            var found = await ListDeletedAsync(run).ConfigureAwait(false);
            Expect.Same(string.Join(", ", indexes), string.Join(", ", found.Select(log => log.Partition.Index)), "the deleted logs");
            foreach (var (partition, one) in found)
            {
                Expect.Same(logs[partition.Index], one with { GreatestEpoch = 0 }, $"what is left of {partition}");
                Expect.Same(
                    await run.GetEpochAsync(partition.Index).ConfigureAwait(false), one.GreatestEpoch, $"the epoch of {partition}");
            }
        }
    }

    private static async Task<IReadOnlyList<DeletedLog>> ListDeletedAsync(ConformanceRun run) =>
    [
        .. (await run.Provider.ListDeletedAsync(run.Token).ConfigureAwait(false))
            .Where(log => log.Partition.Stream == run.Stream).OrderBy(log => log.Partition.Index),
    ];

    private static async Task ListsAsync(ConformanceRun run)
    {
        foreach (var index in new[] { 0, 3, 7 })
        {
            var log = await run.OpenAsync(index).ConfigureAwait(false);
            await log.AppendAsync(SealedBatches.Append(log)).ConfigureAwait(false);
        }

        await run.DeleteAsync(3).ConfigureAwait(false);
        await ExpectAsync("0, 7").ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        await ExpectAsync("0, 7").ConfigureAwait(false);
        await run.OpenAsync(3).ConfigureAwait(false);
        await ExpectAsync("0, 3, 7").ConfigureAwait(false);
        await run.DeleteAsync(0).ConfigureAwait(false);
        await run.DeleteAsync(3).ConfigureAwait(false);
        await run.DeleteAsync(7).ConfigureAwait(false);
        await ExpectAsync("").ConfigureAwait(false);

        async Task ExpectAsync(string indexes)
        {
            Expect.Same(indexes, await ListAsync(run, run.Stream).ConfigureAwait(false), "the partitions that are listed of the stream");
            Expect.Same(indexes, await ListAsync(run, null).ConfigureAwait(false), "those that are listed of it among all streams");
        }
    }

    private static async Task AgainAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var log = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendAsync(log, events: 2).ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        Expect.Same("", await ListAsync(run, run.Stream).ConfigureAwait(false), "the partitions that are listed of a deleted stream");
        await held.VerifyAsync(await run.OpenAsync().ConfigureAwait(false), held.Head.Next).ConfigureAwait(false);
    }

    private static async Task MakesNothingAsync(ConformanceRun run)
    {
        await run.DeleteAsync(1).ConfigureAwait(false);
        Expect.Same("", await ListAsync(run, run.Stream).ConfigureAwait(false), "the partitions that are listed of a stream without logs");
        await run.OpenAsync(0).ConfigureAwait(false);
        await run.DeleteAsync(1).ConfigureAwait(false);
        Expect.Same("0", await ListAsync(run, run.Stream).ConfigureAwait(false), "the partitions that are listed of the stream");
        await new HeldBatches(run).VerifyAsync(await run.OpenAsync(1).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task ManyAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        for (var round = 0; round < 5; round++)
        {
            var log = await run.OpenAsync().ConfigureAwait(false);
            await held.AppendAsync(log, events: 2, batches: 2).ConfigureAwait(false);
            var calls = Enumerable.Range(0, 8).Select(i => Task.Run(
                () => i % 2 == 0 ? run.DeleteAsync().AsTask() : run.OpenAsync(),
                run.Token));
            await Task.WhenAll(calls).ConfigureAwait(false);
            var owner = await run.OpenAsync().ConfigureAwait(false);
            await held.VerifyAsync(owner, held.Head.Next).ConfigureAwait(false);
            await run.CloseAllAsync().ConfigureAwait(false);
        }
    }

    private static async Task<string> ListAsync(ConformanceRun run, StreamName? stream)
    {
        var listed = await run.Provider.ListAsync(stream, run.Token).ConfigureAwait(false);
        return string.Join(", ", listed.Where(one => one.Stream == run.Stream).Select(one => one.Index).Order());
    }
}
