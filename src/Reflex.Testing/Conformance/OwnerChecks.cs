using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>Epochs, and that an older owner can do no harm.</summary>
internal static class OwnerChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Open_Again_TakesAGreaterEpoch", TakesGreaterAsync),
        new("Open_ByANewOwner_FencesTheOlderOne", FencesAsync),
        new("Open_ByANewOwner_LetsTheOlderOneShowNothingMore", ShowsNothingAsync),
        new("Open_ByANewOwner_LetsTheOlderOneRead", LetsReadAsync),
        new("Open_ByANewOwner_KeepsItsEventsFromTheOlderOnesTrims", KeepsFromTrimsAsync),
        new("Open_WhileTheOlderOwnerAppends_LosesNothingAndInventsNothing", RacesAsync),
        new("Open_ManyAtOnce_LeavesOneOwner", LeavesOneAsync),
    ];

    private static async Task TakesGreaterAsync(ConformanceRun run)
    {
        long epoch = 0;
        for (var i = 0; i < 9; i++)
        {
            // A third after a close, a third without, a third after a restart; with and without events.
            var log = await run.OpenAsync().ConfigureAwait(false);
            Expect.That(log.Epoch > epoch, $"a new owner's epoch above {epoch}; it is {log.Epoch}");
            epoch = log.Epoch;
            if (i > 4)
            {
                await log.AppendAsync(SealedBatches.Append(log)).ConfigureAwait(false);
            }

            if (i % 3 == 0)
            {
                await run.CloseAsync(log).ConfigureAwait(false);
            }
            else if (i % 3 == 1)
            {
                await run.RestartAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task FencesAsync(ConformanceRun run)
    {
        var older = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendAsync(older, events: 5).ConfigureAwait(false);
        var newer = await run.OpenAsync().ConfigureAwait(false);
        for (var i = 0; i < 3; i++)
        {
            var error = await Expect.FailsAsync<LogFencedException>(
                () => older.AppendAsync(SealedBatches.Append(older, events: 2)), "an older owner's append").ConfigureAwait(false);
            Expect.Same(older.Epoch, error.Epoch, "the exception's own epoch");
            Expect.That(
                error.FoundEpoch > older.Epoch, $"the exception to name an epoch above {older.Epoch}; it names {error.FoundEpoch}");
        }

        await held.VerifyAsync(newer).ConfigureAwait(false);
        await held.AppendAsync(newer, events: 3).ConfigureAwait(false);
        await Expect.FailsAsync<LogFencedException>(
            () => older.AppendAsync(SealedBatches.Append(older)), "an older owner's append after the new one's").ConfigureAwait(false);
        await run.CloseAsync(older).ConfigureAwait(false);
        await held.AppendAsync(newer).ConfigureAwait(false);
        newer = await run.ReopenAsync(newer).ConfigureAwait(false);
        await held.VerifyAsync(newer).ConfigureAwait(false);
    }

    private static async Task ShowsNothingAsync(ConformanceRun run)
    {
        var older = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendAsync(older, events: 5).ConfigureAwait(false);
        var newer = await run.OpenAsync().ConfigureAwait(false);
        var batches = SealedBatches.Append(older, events: 2);
        await Expect.FailsAsync<LogFencedException>(() => older.AppendAsync(batches), "an older owner's append").ConfigureAwait(false);
        foreach (var log in new[] { older, newer })
        {
            Expect.Same(held.Head, log.Bounds.Head, "the head after an append that failed");
            await Expect.FailsAsync<ArgumentOutOfRangeException>(
                async () => await log.ReadAsync(held.Head, 1000, run.Token).ConfigureAwait(false), "a read of events whose append failed")
                .ConfigureAwait(false);
        }
    }

    private static async Task LetsReadAsync(ConformanceRun run)
    {
        var older = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendAsync(older, events: 5, batches: 3).ConfigureAwait(false);
        await run.OpenAsync().ConfigureAwait(false);
        await Expect.FailsAsync<LogFencedException>(
            () => older.AppendAsync(SealedBatches.Append(older)), "an older owner's append").ConfigureAwait(false);
        await held.VerifyAsync(older).ConfigureAwait(false);
    }

    private static async Task KeepsFromTrimsAsync(ConformanceRun run)
    {
        var older = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendTrimmableAsync(older).ConfigureAwait(false);
        var newer = await run.OpenAsync().ConfigureAwait(false);
        try
        {
            await run.TrimAsync(older, new Retention { MaxBytes = 1 }, SealedBatches.Start.AddYears(1)).ConfigureAwait(false);
        }
        catch (LogFailedException)
        {
            // As good as doing nothing.
        }

        await held.VerifyAsync(newer, newer.Bounds.Oldest).ConfigureAwait(false);
        await held.AppendAsync(newer).ConfigureAwait(false);
    }

    private static async Task RacesAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var older = await run.OpenAsync().ConfigureAwait(false);
        for (var round = 0; round < 25; round++)
        {
            var owner = older;
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var appending = Task.Run(() => AppendUntilFencedAsync(run, owner, held, first), run.Token);
            await Task.WhenAny(first.Task, appending).ConfigureAwait(false);

            var newer = await run.OpenAsync().ConfigureAwait(false);
            var head = newer.Bounds.Head;
            var seen = await appending.ConfigureAwait(false);
            Expect.That(
                seen <= head, $"what the older owner showed, events up to {seen}, to be there for the new one; it found {head}");
            await held.VerifyAsync(newer).ConfigureAwait(false);
            await held.AppendAsync(newer, events: 2).ConfigureAwait(false);
            await held.VerifyAsync(newer).ConfigureAwait(false);
            await run.CloseAsync(owner).ConfigureAwait(false);
            older = newer;
        }

        older = await run.ReopenAsync(older).ConfigureAwait(false);
        await held.VerifyAsync(older).ConfigureAwait(false);
    }

    /// <summary>Appends until a new owner is there; answers the newest event that the log has ever shown.</summary>
    public static async Task<EventId> AppendUntilFencedAsync(
        ConformanceRun run, IEventLog log, HeldBatches held, TaskCompletionSource first)
    {
        var seen = EventId.None;
        for (var i = 0; ; i++)
        {
            // A storage may never wait; the new owner needs a thread too.
            run.Token.ThrowIfCancellationRequested();
            await Task.Yield();
            try
            {
                await held.AppendAsync(log, events: 1 + (i % 3), batches: 1 + (i % 2)).ConfigureAwait(false);
                seen = log.Bounds.Head;
                first.TrySetResult();
            }
            catch (LogFencedException)
            {
                return log.Bounds.Head > seen ? log.Bounds.Head : seen;
            }
        }
    }

    private static async Task LeavesOneAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        for (var round = 0; round < 5; round++)
        {
            var openings = Enumerable.Range(0, 8).Select(_ => Task.Run(() => run.OpenAsync(), run.Token));
            var owners = await Task.WhenAll(openings).ConfigureAwait(false);
            Expect.Same(8, owners.DistinctBy(owner => owner.Epoch).Count(), "the number of epochs of 8 owners");
            var owner = owners.MaxBy(owner => owner.Epoch)!;
            foreach (var other in owners.Where(other => other != owner))
            {
                await Expect.FailsAsync<LogFencedException>(
                    () => other.AppendAsync(SealedBatches.Append(other)), "the append of an owner that isn't the newest")
                    .ConfigureAwait(false);
            }

            await held.AppendAsync(owner).ConfigureAwait(false);
            await held.VerifyAsync(owner).ConfigureAwait(false);
            await run.CloseAllAsync().ConfigureAwait(false);
        }
    }
}
