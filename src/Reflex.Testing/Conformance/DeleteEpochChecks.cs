using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>That a deletion, however late it comes, removes nothing of an owner after the epoch that it was told.</summary>
internal static class DeleteEpochChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Epoch_OfALog_IsThatOfItsNewestOwnerOrDeletion", TellsAsync),
        new("Delete_UnderAnOlderOwnersEpoch_IsFencedAndChangesNothing", FencedAsync),
        new("Delete_ThatComesLate_LeavesTheNextLifeAlone", ComesLateAsync),
        new("Delete_OfADeletedLog_PassesUnderAnyEpoch", PassesAsync),
        new("Delete_BesideAnOpening_LosesNothingOfItsOwner", BesideOpeningAsync),
    ];

    private static async Task TellsAsync(ConformanceRun run)
    {
        Expect.Same(0L, await run.GetEpochAsync().ConfigureAwait(false), "the epoch of a log that was never opened");
        var listed = await run.Provider.ListAsync(run.Stream, run.Token).ConfigureAwait(false);
        Expect.Same(0, listed.Count, "the number of logs that asking for an epoch has made");
        for (var i = 0; i < 9; i++)
        {
            var log = await run.OpenAsync().ConfigureAwait(false);
            await SameAsync("that was opened").ConfigureAwait(false);
            await log.AppendAsync(SealedBatches.Append(log)).ConfigureAwait(false);
            await SameAsync("that was appended to").ConfigureAwait(false);
            if (i % 2 == 0)
            {
                await run.CloseAsync(log).ConfigureAwait(false);
                await SameAsync("that was closed").ConfigureAwait(false);
            }

            if (i % 3 == 2)
            {
                await run.DeleteAsync().ConfigureAwait(false);
                var epoch = await run.GetEpochAsync().ConfigureAwait(false);
                Expect.That(epoch >= log.Epoch, $"the epoch of a deleted log to be {log.Epoch} or above; it is {epoch}");
                await run.RestartAsync().ConfigureAwait(false);
                Expect.Same(epoch, await run.GetEpochAsync().ConfigureAwait(false), "the epoch of a deleted log after a restart");
                var next = await run.OpenAsync().ConfigureAwait(false);
                Expect.That(next.Epoch > epoch, $"a new owner's epoch above {epoch}, which was told before; it is {next.Epoch}");
            }

            async Task SameAsync(string what) =>
                Expect.Same(log.Epoch, await run.GetEpochAsync().ConfigureAwait(false), $"the epoch of a log {what}");
        }
    }

    private static async Task FencedAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var older = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendAsync(older, events: 5).ConfigureAwait(false);
        var newer = await run.OpenAsync().ConfigureAwait(false);
        foreach (var epoch in new[] { older.Epoch, newer.Epoch - 1, 0 })
        {
            await ExpectFencedAsync(run, epoch, newer).ConfigureAwait(false);
            await held.VerifyAsync(newer).ConfigureAwait(false);
            await held.AppendAsync(newer).ConfigureAwait(false);
        }

        await run.CloseAsync(newer).ConfigureAwait(false);
        await ExpectFencedAsync(run, older.Epoch, newer).ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        await ExpectFencedAsync(run, older.Epoch, newer).ConfigureAwait(false);
        await run.Provider.DeleteAsync(new PartitionId(run.Stream, 0), newer.Epoch, run.Token).ConfigureAwait(false);
        await held.VerifyAsync(await run.OpenAsync().ConfigureAwait(false), held.Head.Next).ConfigureAwait(false);
    }

    private static async Task ComesLateAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        for (var round = 0; round < 4; round++)
        {
            var older = await run.OpenAsync().ConfigureAwait(false);
            await held.AppendAsync(older, events: 3).ConfigureAwait(false);
            var late = await run.GetEpochAsync().ConfigureAwait(false);

            // Somebody else has done it meanwhile.
            await run.DeleteAsync().ConfigureAwait(false);
            var first = held.Head.Next;
            var newer = await run.OpenAsync().ConfigureAwait(false);
            await ExpectFencedAsync(run, late, newer).ConfigureAwait(false);
            await held.AppendAsync(newer, events: 2).ConfigureAwait(false);
            await ExpectFencedAsync(run, late, newer).ConfigureAwait(false);
            await held.AppendAsync(newer).ConfigureAwait(false);
            await held.VerifyAsync(newer, first).ConfigureAwait(false);
            if (round % 2 == 1)
            {
                await run.RestartAsync().ConfigureAwait(false);
                await ExpectFencedAsync(run, late, newer).ConfigureAwait(false);
            }

            await held.VerifyAsync(await run.OpenAsync().ConfigureAwait(false), first).ConfigureAwait(false);
            await run.DeleteAsync().ConfigureAwait(false);
        }
    }

    private static async Task PassesAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var partition = new PartitionId(run.Stream, 0);
        var log = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendAsync(log, events: 2).ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        foreach (var epoch in new[] { 0, log.Epoch - 1, log.Epoch, long.MaxValue })
        {
            await run.Provider.DeleteAsync(partition, epoch, run.Token).ConfigureAwait(false);
            var listed = await run.Provider.ListAsync(run.Stream, run.Token).ConfigureAwait(false);
            Expect.Same(0, listed.Count, "the number of logs of a deleted stream that are listed");
        }

        await held.VerifyAsync(await run.OpenAsync().ConfigureAwait(false), held.Head.Next).ConfigureAwait(false);
    }

    private static async Task BesideOpeningAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var oldest = held.Head.Next;
        for (var round = 0; round < 20; round++)
        {
            var older = await run.OpenAsync().ConfigureAwait(false);
            await held.AppendAsync(older, events: 3).ConfigureAwait(false);
            var (epoch, after) = (await run.GetEpochAsync().ConfigureAwait(false), held.Head.Next);
            var deletion = Task.Run(() => TryDeleteAsync(epoch), run.Token);
            for (var i = 0; i < round; i++)
            {
                // Some come before the opening, others after it.
                await Task.Yield();
            }

            var newer = await run.OpenAsync().ConfigureAwait(false);
            await held.AppendAsync(newer, events: 2).ConfigureAwait(false);
            oldest = await deletion.ConfigureAwait(false) ? after : oldest;
            await held.VerifyAsync(newer, oldest).ConfigureAwait(false);
            await held.AppendAsync(newer).ConfigureAwait(false);
            await run.CloseAllAsync().ConfigureAwait(false);
        }

        async Task<bool> TryDeleteAsync(long epoch)
        {
            try
            {
                await run.Provider.DeleteAsync(new PartitionId(run.Stream, 0), epoch, run.Token).ConfigureAwait(false);
                return true;
            }
            catch (LogFencedException)
            {
                return false;
            }
        }
    }

    private static async Task ExpectFencedAsync(ConformanceRun run, long epoch, IEventLog newer)
    {
        var error = await Expect.FailsAsync<LogFencedException>(
            () => run.Provider.DeleteAsync(new PartitionId(run.Stream, 0), epoch, run.Token),
            $"a deletion up to epoch {epoch} of a log that was opened with epoch {newer.Epoch}").ConfigureAwait(false);
        Expect.Same((epoch, newer.Epoch), (error.Epoch, error.FoundEpoch), "the exception's epoch and the one that it has found");
    }
}
