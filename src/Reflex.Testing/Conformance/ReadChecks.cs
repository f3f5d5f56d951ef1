using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>What a read returns.</summary>
internal static class ReadChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Read_AfterEachEvent_BeginsWithTheNextOne", FindsNextAsync),
        new("Read_WithAPageSize_ReturnsAboutThatMuch", KeepsToTheSizeAsync),
        new("Read_OfALargeBatch_ReturnsItHoweverSmallThePage", ReturnsAtLeastOneAsync),
        new("Read_OutsideOfWhatTheLogHolds_IsRefused", RefusesAsync),
        new("Read_BesideAppends_SeesEveryEventOnceAndInOrder", BesideAppendsAsync),
        new("Read_Cancelled_EndsAndTheLogGoesOn", CancelledAsync),
    ];

    private static async Task FindsNextAsync(ConformanceRun run)
    {
        var (log, held) = await FillAsync(run).ConfigureAwait(false);
        for (var round = 0; round < 2; round++)
        {
            foreach (var maxBytes in new[] { 1, 300, 5_000, 1_000_000 })
            {
                for (var after = EventId.None; after < held.Head; after = after.Next)
                {
                    foreach (var batch in await run.ReadAsync(log, after, maxBytes).ConfigureAwait(false))
                    {
                        held.VerifyOne(batch);
                    }
                }
            }

            log = await run.ReopenAsync(log).ConfigureAwait(false);
        }
    }

    private static async Task KeepsToTheSizeAsync(ConformanceRun run)
    {
        var (log, held) = await FillAsync(run).ConfigureAwait(false);
        var largest = held.All.Max(batch => batch.Bytes.Length);
        foreach (var maxBytes in new[] { 1, largest, 4 * largest })
        {
            for (var after = EventId.None; after < held.Head; after = after.Next)
            {
                var page = await log.ReadAsync(after, maxBytes, run.Token).ConfigureAwait(false);
                Expect.That(
                    page.Length <= maxBytes + largest,
                    $"a page of at most {maxBytes} bytes, or a batch of {largest} more; it has {page.Length}");
            }
        }
    }

    private static async Task ReturnsAtLeastOneAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        foreach (var size in new[] { 100, 300_000, 120, 1_500_000, 88 })
        {
            var head = log.Bounds.Head;
            await held.AppendAsync(log, [SealedBatches.MakeOfSize(size, head.Next, log.Epoch, head)]).ConfigureAwait(false);
        }

        foreach (var maxBytes in new[] { 1, 56, 1000 })
        {
            for (var after = EventId.None; after < held.Head; after = after.Next)
            {
                held.VerifyOne((await run.ReadAsync(log, after, maxBytes).ConfigureAwait(false))[0]);
            }
        }
    }

    private static async Task RefusesAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        await RefusedAsync(run, log, EventId.None, "after no event in an empty log").ConfigureAwait(false);
        await RefusedAsync(run, log, new EventId(1), "after event 1 in an empty log").ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        await RefusedAsync(run, log, held.Head, "after the head").ConfigureAwait(false);
        await RefusedAsync(run, log, held.Head.Next, "after the head").ConfigureAwait(false);
        await RefusedAsync(run, log, new EventId(long.MaxValue / 2), "far after the head").ConfigureAwait(false);
        await run.TrimAsync(log, new Retention { MaxBytes = 1 }, SealedBatches.Start).ConfigureAwait(false);
        var oldest = log.Bounds.Oldest;
        await run.ReadAsync(log, new EventId(oldest.Value - 1), 1).ConfigureAwait(false);
        for (var before = oldest.Value - 2; before >= 0; before /= 2)
        {
            await RefusedAsync(run, log, new EventId(before), $"after event {before}, whose next one was trimmed").ConfigureAwait(false);
            if (before == 0)
            {
                break;
            }
        }
    }

    private static async Task BesideAppendsAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        var target = new TaskCompletionSource<EventId>();
        var readers = Enumerable.Range(0, 4)
            .Select(reader => Task.Run(() => FollowAsync(run, log, reader, target.Task), run.Token))
            .ToArray();
        try
        {
            for (var i = 0; i < 150; i++)
            {
                await held.AppendAsync(log, events: 1 + (i % 4), batches: 1 + (i % 3), metadataBytes: i * 10).ConfigureAwait(false);
            }
        }
        finally
        {
            target.SetResult(held.Head);
        }

        foreach (var seen in await Task.WhenAll(readers).ConfigureAwait(false))
        {
            Expect.That(
                seen.Count == held.All.Count && seen.Zip(held.All).All(pair => pair.First.Bytes.Span.SequenceEqual(pair.Second.Bytes.Span)),
                $"a reader beside the appends to see all {held.All.Count} batches, each once and unchanged; it saw {seen.Count}");
        }
    }

    /// <summary>Reads on at the head until the writer has ended and everything was seen.</summary>
    private static async Task<List<EventBatch>> FollowAsync(ConformanceRun run, IEventLog log, int reader, Task<EventId> target)
    {
        var seen = new List<EventBatch>();
        for (var after = EventId.None; !target.IsCompleted || after < await target.ConfigureAwait(false);)
        {
            run.Token.ThrowIfCancellationRequested();
            if (after >= log.Bounds.Head)
            {
                await Task.Yield();
                continue;
            }

            foreach (var batch in await run.ReadAsync(log, after, 1 + (reader * 3000)).ConfigureAwait(false))
            {
                seen.Add(batch);
                after = batch.LastId;
            }
        }

        return seen;
    }

    private static async Task CancelledAsync(ConformanceRun run)
    {
        var (log, held) = await FillAsync(run).ConfigureAwait(false);
        for (var i = 0; i < 50; i++)
        {
            using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(run.Token);
            if (i == 0)
            {
                await cancelled.CancelAsync().ConfigureAwait(false);
            }

            var after = new EventId(i % held.Head.Value);
            try
            {
                var read = log.ReadAsync(after, 1_000_000, cancelled.Token);
                await cancelled.CancelAsync().ConfigureAwait(false);
                ConformanceRun.Split(await read.ConfigureAwait(false), after);
            }
            catch (OperationCanceledException) when (!run.Token.IsCancellationRequested)
            {
                // A read that was faster than its cancellation is as good.
            }
        }

        await held.VerifyAsync(log).ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);
    }

    private static async Task<(IEventLog Log, HeldBatches Held)> FillAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        for (var i = 0; i < 40; i++)
        {
            await held.AppendAsync(log, events: 1 + (i % 7), batches: 1 + (i % 3), metadataBytes: (i * 37) % 400).ConfigureAwait(false);
        }

        return (log, held);
    }

    private static Task RefusedAsync(ConformanceRun run, IEventLog log, EventId after, string what) =>
        Expect.FailsAsync<ArgumentOutOfRangeException>(
            async () => await log.ReadAsync(after, 1000, run.Token).ConfigureAwait(false), $"a read {what}");
}
