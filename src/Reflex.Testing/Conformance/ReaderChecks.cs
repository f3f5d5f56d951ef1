using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>Reading without owning: what a reader shows, and that nobody notices it.</summary>
internal static class ReaderChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Reader_OfALog_ShowsItAndTakesNothing", ShowsAsync),
        new("Reader_OfWhatIsNotThere_IsNoneAndMakesNothing", MakesNothingAsync),
        new("Reader_UntilItLooksAgain_KeepsWhatItFound", KeepsAsync),
        new("Reader_BesideAppends_ShowsWholeAppendsInOrder", BesideAppendsAsync),
        new("Reader_BesideATrim_ReadsWhatWasThereOrFailsTyped", BesideTrimAsync),
        new("Reader_OutsideOfWhatItFound_IsRefused", RefusesAsync),
        new("Reader_OfALogThatIsDeleted_FindsItsHead", DeletedAsync),
    ];

    private static async Task ShowsAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var log = await run.OpenAsync().ConfigureAwait(false);
        await ExpectAsync().ConfigureAwait(false);
        for (var i = 0; i < 5; i++)
        {
            await held.AppendAsync(log, events: 1 + i, batches: 1 + (i % 3), metadataBytes: i * 500).ConfigureAwait(false);
            await ExpectAsync().ConfigureAwait(false);
        }

        await log.ConfirmAsync(run.Token).ConfigureAwait(false);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        await ExpectAsync().ConfigureAwait(false);
        await run.CloseAsync(log).ConfigureAwait(false);
        await ExpectAsync().ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        await ExpectAsync().ConfigureAwait(false);
        log = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);
        await ExpectAsync().ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);

        async Task ExpectAsync()
        {
            // Two at once, since a reader may keep nobody out.
            var reader = await run.OpenReaderAsync().ConfigureAwait(false);
            var other = await run.OpenReaderAsync().ConfigureAwait(false);
            await held.VerifyAsync(reader).ConfigureAwait(false);
            await held.VerifyAsync(other).ConfigureAwait(false);
        }
    }

    private static async Task MakesNothingAsync(ConformanceRun run)
    {
        await ExpectNoneAsync(0, "that was never opened").ConfigureAwait(false);
        var log = await run.OpenAsync(1).ConfigureAwait(false);
        await ExpectNoneAsync(0, "of a stream that has another one").ConfigureAwait(false);
        await log.AppendAsync(SealedBatches.Append(log)).ConfigureAwait(false);
        await run.DeleteAsync(1).ConfigureAwait(false);
        await ExpectNoneAsync(1, "that was deleted").ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        await ExpectNoneAsync(0, "that was never opened, after a restart").ConfigureAwait(false);
        await ExpectNoneAsync(1, "that was deleted, after a restart").ConfigureAwait(false);
        var listed = await run.Provider.ListAsync(run.Stream, run.Token).ConfigureAwait(false);
        Expect.Same(0, listed.Count, "the number of partitions that are listed of a stream whose logs were only asked for");

        async Task ExpectNoneAsync(int index, string which)
        {
            var reader = await run.Provider.OpenReaderAsync(new PartitionId(run.Stream, index), run.Token).ConfigureAwait(false);
            Expect.That(reader is null, $"no reader of a log {which}; there is one");
        }
    }

    private static async Task KeepsAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var log = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendAsync(log, events: 3).ConfigureAwait(false);
        var seen = new HeldBatches(run) { All = { held.All[0] } };
        var reader = await run.OpenReaderAsync().ConfigureAwait(false);
        for (var i = 0; i < 4; i++)
        {
            await held.AppendAsync(log, events: 2, batches: 2).ConfigureAwait(false);
            await seen.VerifyAsync(reader).ConfigureAwait(false);
        }

        await reader.LookAsync(run.Token).ConfigureAwait(false);
        await held.VerifyAsync(reader).ConfigureAwait(false);
        log = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);
        await reader.LookAsync(run.Token).ConfigureAwait(false);
        await held.VerifyAsync(reader).ConfigureAwait(false);
    }

    private static async Task BesideAppendsAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var log = await run.OpenAsync().ConfigureAwait(false);
        long acknowledged = 0;
        var isDone = false;
        var opened = new List<IEventLogReader>();
        for (var i = 0; i < 3; i++)
        {
            // Here, before the first append: a task may begin when the last one is done, and would then have nothing to find.
            opened.Add(await run.OpenReaderAsync().ConfigureAwait(false));
        }

        var readers = opened.Select((reader, i) => Task.Run(() => FollowAsync(reader, 1 + (i * 3000)), run.Token)).ToArray();
        try
        {
            for (var i = 0; i < 120; i++)
            {
                await held.AppendAsync(log, events: 1 + (i % 4), batches: 1 + (i % 3), metadataBytes: i * 10).ConfigureAwait(false);
                Volatile.Write(ref acknowledged, held.Head.Value);

                // A storage may never wait; the readers need a thread too.
                await Task.Yield();
            }
        }
        finally
        {
            Volatile.Write(ref isDone, true);
        }

        foreach (var seen in await Task.WhenAll(readers).ConfigureAwait(false))
        {
            Expect.That(
                seen.Count == held.All.Count && seen.Zip(held.All).All(pair => pair.First.Bytes.Span.SequenceEqual(pair.Second.Bytes.Span)),
                $"a reader beside the appends to see all {held.All.Count} batches, each once and unchanged; it saw {seen.Count}");
        }

        async Task<List<EventBatch>> FollowAsync(IEventLogReader reader, int maxBytes)
        {
            var seen = new List<EventBatch>();
            var after = EventId.None;
            for (var isLast = false; !isLast;)
            {
                isLast = Volatile.Read(ref isDone);
                var before = Volatile.Read(ref acknowledged);
                await reader.LookAsync(run.Token).ConfigureAwait(false);
                Expect.That(
                    reader.Bounds.Head.Value >= before,
                    $"a look to find event {before}, which was acknowledged before; it found events up to {reader.Bounds.Head}");
                while (after < reader.Bounds.Head)
                {
                    seen.AddRange(await run.ReadAsync(reader, after, maxBytes).ConfigureAwait(false));
                    after = seen[^1].LastId;
                }

                Expect.That(
                    seen.Count == 0 || !seen[^1].MoreFollows,
                    $"a look to find whole appends only; event {after}, where it ends, is in the middle of one");
                await Task.Yield();
            }

            return seen;
        }
    }

    private static async Task BesideTrimAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var log = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        var reader = await run.OpenReaderAsync().ConfigureAwait(false);
        var found = reader.Bounds;
        await run.TrimAsync(log, new Retention { MaxBytes = 1 }, SealedBatches.Start).ConfigureAwait(false);
        Expect.Same(found, reader.Bounds, "what a reader has found, after a trim");
        for (var after = EventId.None; after < held.Head; after = after.Next)
        {
            try
            {
                foreach (var batch in await run.ReadAsync(reader, after, 20_000).ConfigureAwait(false))
                {
                    held.VerifyOne(batch);
                }
            }
            catch (LogFailedException) when (after.Next < log.Bounds.Oldest)
            {
                // It is gone.
            }
        }

        await reader.LookAsync(run.Token).ConfigureAwait(false);
        await held.VerifyAsync(reader, log.Bounds.Oldest).ConfigureAwait(false);
        var retention = new Retention { MaxAge = TimeSpan.FromDays(1) };
        await run.TrimAsync(log, retention, SealedBatches.Start.AddYears(1)).ConfigureAwait(false);
        await reader.LookAsync(run.Token).ConfigureAwait(false);
        await held.VerifyAsync(reader, held.Head.Next).ConfigureAwait(false);
    }

    private static async Task RefusesAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var log = await run.OpenAsync().ConfigureAwait(false);
        var reader = await run.OpenReaderAsync().ConfigureAwait(false);
        await RefusedAsync(EventId.None, "after no event in an empty log").ConfigureAwait(false);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        await RefusedAsync(EventId.None, "of events that were appended after its look").ConfigureAwait(false);
        await run.TrimAsync(log, new Retention { MaxBytes = 1 }, SealedBatches.Start).ConfigureAwait(false);
        await reader.LookAsync(run.Token).ConfigureAwait(false);
        await RefusedAsync(EventId.None, "of events that were trimmed before its look").ConfigureAwait(false);
        await RefusedAsync(held.Head, "after the head").ConfigureAwait(false);
        await RefusedAsync(new EventId(long.MaxValue / 2), "far after the head").ConfigureAwait(false);

        Task RefusedAsync(EventId after, string what) =>
            Expect.FailsAsync<ArgumentOutOfRangeException>(
                async () => await reader.ReadAsync(after, 1000, run.Token).ConfigureAwait(false), $"a reader's read {what}");
    }

    private static async Task DeletedAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var log = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        var reader = await run.OpenReaderAsync().ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        await reader.LookAsync(run.Token).ConfigureAwait(false);
        await held.VerifyAsync(reader, held.Head.Next).ConfigureAwait(false);
        var first = held.Head.Next;
        log = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendAsync(log, events: 2).ConfigureAwait(false);
        await reader.LookAsync(run.Token).ConfigureAwait(false);
        await held.VerifyAsync(reader, first).ConfigureAwait(false);
    }
}
