using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>What an owner that was replaced still knows, and that it can find out.</summary>
internal static class ConfirmChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Confirm_ByTheOwner_Passes", PassesAsync),
        new("Confirm_ByAReplacedOwner_FailsFenced", FailsAsync),
        new("Confirm_BesideAnOpening_PassesOnlyBeforeItHasEnded", BesideOpeningAsync),
        new("Open_ByANewOwnerThatAppendsAndTrims_LeavesTheOlderOneWhatItKnew", LeavesKnownAsync),
    ];

    private static async Task PassesAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        for (var i = 0; i < 3; i++)
        {
            var log = await run.OpenAsync().ConfigureAwait(false);
            await log.ConfirmAsync(run.Token).ConfigureAwait(false);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(run.Token);
            var confirming = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ConfirmAsync(log, ending.Token), run.Token)).ToArray();
            for (var j = 0; j < 20; j++)
            {
                await held.AppendAsync(log, events: 1 + j, batches: 2).ConfigureAwait(false);
            }

            await run.TrimAsync(log, new Retention { MaxBytes = 1 }, SealedBatches.Start).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(confirming).ConfigureAwait(false);
            await log.ConfirmAsync(run.Token).ConfigureAwait(false);
            await run.CloseAsync(log).ConfigureAwait(false);
            if (i == 1)
            {
                await run.RestartAsync().ConfigureAwait(false);
            }
        }

        async Task ConfirmAsync(IEventLog log, CancellationToken ended)
        {
            while (!ended.IsCancellationRequested)
            {
                await log.ConfirmAsync(run.Token).ConfigureAwait(false);
                await Task.Yield();
            }
        }
    }

    private static async Task FailsAsync(ConformanceRun run)
    {
        var older = await run.OpenAsync().ConfigureAwait(false);
        var newer = await run.OpenAsync().ConfigureAwait(false);
        for (var i = 0; i < 2; i++)
        {
            var error = await FencedAsync(older, "an older owner's confirmation").ConfigureAwait(false);
            Expect.Same(older.Epoch, error.Epoch, "the exception's own epoch");
            Expect.Same(newer.Epoch, error.FoundEpoch, "the epoch that it has found");
        }

        await newer.ConfirmAsync(run.Token).ConfigureAwait(false);
        await newer.AppendAsync(SealedBatches.Append(newer)).ConfigureAwait(false);
        await newer.ConfirmAsync(run.Token).ConfigureAwait(false);
        await run.CloseAsync(newer).ConfigureAwait(false);
        await FencedAsync(older, "its confirmation when the newer owner has closed the log").ConfigureAwait(false);
        var last = await run.OpenAsync().ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        await FencedAsync(last, "the confirmation of an owner whose log was deleted").ConfigureAwait(false);
        await FencedAsync(older, "that of an older one").ConfigureAwait(false);

        Task<LogFencedException> FencedAsync(IEventLog log, string what) =>
            Expect.FailsAsync<LogFencedException>(() => log.ConfirmAsync(run.Token), what);
    }

    private static async Task BesideOpeningAsync(ConformanceRun run)
    {
        for (var round = 0; round < 40; round++)
        {
            var older = await run.OpenAsync().ConfigureAwait(false);
            var isReplaced = false;
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var confirming = Enumerable.Range(0, 3).Select(_ => Task.Run(ConfirmUntilFencedAsync, run.Token)).ToArray();
            await Task.WhenAny([first.Task, .. confirming]).ConfigureAwait(false);
            await (round % 4 == 3 ? run.DeleteAsync().AsTask() : run.OpenAsync()).ConfigureAwait(false);
            Volatile.Write(ref isReplaced, true);
            await Task.WhenAll(confirming).ConfigureAwait(false);
            await run.CloseAllAsync().ConfigureAwait(false);

            async Task ConfirmUntilFencedAsync()
            {
                while (true)
                {
                    run.Token.ThrowIfCancellationRequested();
                    await Task.Yield();
                    var was = Volatile.Read(ref isReplaced);
                    try
                    {
                        await older.ConfirmAsync(run.Token).ConfigureAwait(false);
                    }
                    catch (LogFencedException)
                    {
                        return;
                    }

                    Expect.That(!was, "a confirmation that begins when a newer owner has opened the log, or it is deleted, to fail");
                    first.TrySetResult();
                }
            }
        }
    }

    private static async Task LeavesKnownAsync(ConformanceRun run)
    {
        var older = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendTrimmableAsync(older).ConfigureAwait(false);
        var known = older.Bounds;
        var newer = await run.OpenAsync().ConfigureAwait(false);
        var next = new HeldBatches(run) { All = { held.All[^1] } };
        await next.AppendAsync(newer, events: 3).ConfigureAwait(false);
        await ReadAllAsync("a newer owner has appended").ConfigureAwait(false);
        await next.AppendTrimmableAsync(newer).ConfigureAwait(false);
        await run.TrimAsync(newer, new Retention { MaxBytes = 1 }, SealedBatches.Start).ConfigureAwait(false);
        Expect.That(newer.Bounds.Oldest > known.Head, $"a trim to remove events up to {known.Head}; the oldest is {newer.Bounds.Oldest}");
        await ReadAllAsync("a newer owner has trimmed").ConfigureAwait(false);
        await run.TrimAsync(newer, new Retention { MaxAge = TimeSpan.FromDays(1) }, SealedBatches.Start.AddYears(1)).ConfigureAwait(false);
        await next.AppendAsync(newer).ConfigureAwait(false);
        await ReadAllAsync("a newer owner has trimmed everything and appended").ConfigureAwait(false);

        // What an older owner reads it may have, or have no more; it is never another's.
        async Task ReadAllAsync(string when)
        {
            Expect.Same(known with { Bytes = older.Bounds.Bytes }, older.Bounds, $"what an older owner knows when {when}");
            for (var after = new EventId(known.Oldest.Value - 1); after < known.Head;)
            {
                try
                {
                    foreach (var batch in await run.ReadAsync(older, after, 16 * 1024).ConfigureAwait(false))
                    {
                        held.VerifyOne(batch);
                        after = batch.LastId;
                    }
                }
                catch (LogFailedException)
                {
                    after = held.All.First(batch => batch.LastId > after).LastId;
                }
            }
        }
    }
}
