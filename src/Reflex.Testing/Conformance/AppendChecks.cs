using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Testing.Conformance;

/// <summary>Ids, continuity, and that an append is there as a whole or not at all.</summary>
internal static class AppendChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Append_ToANewLog_BeginsWithEvent1AndContinues", ContinuesAsync),
        new("Append_BatchesThatDontContinue_AreRefusedAndNothingIsWritten", RefusesAsync),
        new("Append_AfterARefusedOne_Succeeds", GoesOnAsync),
        new("Append_OfSeveralBatches_ShowsThemTogether", ShowsTogetherAsync),
        new("Append_OfEventsWithKeys_ReadsThemBackByteForByte", KeepsKeysAsync),
    ];

    private static async Task ContinuesAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.VerifyAsync(log).ConfigureAwait(false);
        for (var i = 0; i < 20; i++)
        {
            await held.AppendAsync(log, events: 1 + (i % 5), batches: 1 + (i % 3)).ConfigureAwait(false);
            Expect.Same(new EventId(1), log.Bounds.Oldest, "the oldest event");
        }

        await held.VerifyAsync(log).ConfigureAwait(false);
    }

    private static async Task RefusesAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendAsync(log, events: 3).ConfigureAwait(false);
        foreach (var (what, batches) in Bad(log))
        {
            await Expect.FailsAsync<ArgumentException>(() => log.AppendAsync(batches), $"an append {what}").ConfigureAwait(false);
            Expect.Same(new EventId(3), log.Bounds.Head, $"the head after an append {what}");
            await Expect.FailsAsync<ArgumentOutOfRangeException>(
                async () => await log.ReadAsync(new EventId(3), 1, run.Token).ConfigureAwait(false),
                $"a read after the head after an append {what}").ConfigureAwait(false);
        }

        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
    }

    private static async Task GoesOnAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendAsync(log, events: 3).ConfigureAwait(false);
        foreach (var (what, batches) in Bad(log).ToArray())
        {
            await Expect.FailsAsync<ArgumentException>(() => log.AppendAsync(batches), $"an append {what}").ConfigureAwait(false);
        }

        await held.AppendAsync(log).ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
    }

    private static async Task ShowsTogetherAsync(ConformanceRun run)
    {
        const int Batches = 24;
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        for (var i = 0; i < 20; i++)
        {
            var before = log.Bounds.Head;
            var batches = SealedBatches.Append(log, events: 2, batches: Batches, metadataBytes: 4000);
            var copies = Array.ConvertAll(batches, SealedBatches.Copy);
            var append = log.AppendAsync(batches).AsTask();
            do
            {
                var bounds = log.Bounds;
                Expect.That(
                    bounds.Head == before || bounds.Head == copies[^1].LastId,
                    $"the head during an append of the events {before.Next} to {copies[^1].LastId} to be before or after all of them; "
                    + $"it is {bounds.Head}");
                await Task.Yield();
            }
            while (!append.IsCompleted);

            await append.ConfigureAwait(false);
            held.All.AddRange(copies);
        }

        await held.VerifyAsync(log).ConfigureAwait(false);
    }

    private static async Task KeepsKeysAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        for (var i = 0; i < 10; i++)
        {
            var batches = SealedBatches.Append(log, events: 1 + (i % 4), batches: 1 + (i % 3));
            await held.AppendAsync(log, i % 3 == 1 ? batches : Array.ConvertAll(batches, SealedBatches.WithKeys)).ConfigureAwait(false);
        }

        await held.VerifyAsync(log).ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
    }

    /// <summary>Appends that break the contract, for a log with three events.</summary>
    private static IEnumerable<(string What, EventBatch[] Batches)> Bad(IEventLog log)
    {
        var head = log.Bounds.Head;
        var epoch = log.Epoch;
        yield return ("of no batches", []);
        yield return ("that leaves an event out", [SealedBatches.Make(new EventId(5), epoch, head)]);
        yield return ("that repeats an event", [SealedBatches.Make(new EventId(3), epoch, new EventId(2))]);
        yield return ("that begins anew", [SealedBatches.Make(new EventId(1), epoch, EventId.None)]);
        yield return ("with an older epoch", [SealedBatches.Make(new EventId(4), epoch - 1, head)]);
        yield return ("with a newer epoch", [SealedBatches.Make(new EventId(4), epoch + 1, head)]);
        yield return ("after an event of another epoch", [SealedBatches.Make(new EventId(4), epoch, head, previousEpoch: epoch - 1)]);
        yield return ("of a batch that isn't sealed", [SealedBatches.MakeUnsealed()]);
        yield return ("of a picked batch", [SealedBatches.PickLast(SealedBatches.Make(new EventId(4), epoch, head, events: 2))]);
        yield return ("without its last batch", [SealedBatches.Make(new EventId(4), epoch, head, moreFollows: true)]);
        yield return (
            "whose second batch leaves an event out",
            [SealedBatches.Make(new EventId(4), epoch, head, moreFollows: true), SealedBatches.Make(new EventId(6), epoch, head)]);
        yield return (
            "of the same batch twice",
            [SealedBatches.Make(new EventId(4), epoch, head), SealedBatches.Make(new EventId(4), epoch, head)]);
    }
}
