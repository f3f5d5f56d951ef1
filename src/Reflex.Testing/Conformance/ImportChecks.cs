using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>Copying another log: where a log begins, and batches of epochs that aren't its owners'.</summary>
internal static class ImportChecks
{
    // More openings ago than any check's log has had.
    private const long GreatestEpoch = 1000L << 32;

    private static readonly Retention ADay = new() { MaxAge = TimeSpan.FromDays(1) };

    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Begin_AfterAnEvent_IsAnEmptyLogWithThatHead", BeginsAsync),
        new("Begin_BesideAnOwner_FencesIt", FencesAsync),
        new("Import_OfAnotherLog_ReadsBackByteForByte", ReadsBackAsync),
        new("Import_Interrupted_GoesOnAtTheHead", GoesOnAsync),
        new("Import_OfWhatDoesNotFit_IsRefusedAndNothingIsWritten", RefusesAsync),
        new("Import_IntoALogWithEventsOfItsOwn_IsRefused", RefusesOwnAsync),
    ];

    private static async Task BeginsAsync(ConformanceRun run)
    {
        foreach (var after in new[] { 41L, 1_000_000_000_000, 7, 0, 12 })
        {
            // Anew each time, since nothing was imported.
            var start = StartAfter(after);
            await run.Provider.BeginAsync(new PartitionId(run.Stream, 0), start, run.Token).ConfigureAwait(false);
            await ExpectAsync(start).ConfigureAwait(false);
            await run.RestartAsync().ConfigureAwait(false);
            await ExpectAsync(start).ConfigureAwait(false);
        }

        var held = new HeldBatches(run);
        var log = await run.OpenAsync().ConfigureAwait(false);
        await held.AppendAsync(log, events: 3).ConfigureAwait(false);
        Expect.Same(StartAfter(12).Epoch, held.All[0].PreviousEpoch, "the previous epoch of the first batch");
        await held.VerifyAsync(log, new EventId(13)).ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log, new EventId(13)).ConfigureAwait(false);

        async Task ExpectAsync(LogStart start)
        {
            var log = await run.OpenAsync().ConfigureAwait(false);
            var reader = await run.OpenReaderAsync().ConfigureAwait(false);
            var expected = (start.After.Next, start.After, start.Epoch, start.AppendedAt);
            foreach (var bounds in new[] { log.Bounds, reader.Bounds })
            {
                var found = (bounds.Oldest, bounds.Head, bounds.HeadEpoch, bounds.HeadAppendedAt);
                Expect.Same(expected, found, "what a log that begins holds");
            }

            Expect.That(log.Epoch > start.GreatestEpoch, $"an owner's epoch above {start.GreatestEpoch}; it is {log.Epoch}");
        }
    }

    private static async Task FencesAsync(ConformanceRun run)
    {
        var older = await run.OpenAsync().ConfigureAwait(false);
        await run.Provider.BeginAsync(new PartitionId(run.Stream, 0), StartAfter(5), run.Token).ConfigureAwait(false);
        await Expect.FailsAsync<LogFencedException>(
            () => older.AppendAsync(SealedBatches.Append(older)), "the append of an owner whose log was made to begin elsewhere")
            .ConfigureAwait(false);
        var newer = await run.OpenAsync().ConfigureAwait(false);
        Expect.Same(5, newer.Bounds.Head.Value, "the head of a log that begins after event 5");
    }

    private static async Task ReadsBackAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var source = await FillAsync(run, held).ConfigureAwait(false);
        var oldest = source.Bounds.Oldest;
        var copied = held.All.FindIndex(batch => batch.BaseId == oldest);
        var start = new LogStart(
            held.All[copied - 1].LastId, held.All[copied - 1].Epoch, held.All[copied - 1].AppendedAt, source.Bounds.HeadEpoch);
        await run.Provider.BeginAsync(new PartitionId(run.Stream, 1), start, run.Token).ConfigureAwait(false);
        var copy = await run.OpenAsync(1).ConfigureAwait(false);
        await ImportAsync(copy, held, copied, held.All.Count).ConfigureAwait(false);
        await held.VerifyAsync(copy, oldest).ConfigureAwait(false);
        copy = await run.ReopenAsync(copy, 1).ConfigureAwait(false);
        await held.VerifyAsync(copy, oldest).ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        copy = await run.OpenAsync(1).ConfigureAwait(false);
        await held.VerifyAsync(copy, oldest).ConfigureAwait(false);
        await held.AppendAsync(copy, events: 3, batches: 2).ConfigureAwait(false);
        copy = await run.ReopenAsync(copy, 1).ConfigureAwait(false);
        await held.VerifyAsync(copy, oldest).ConfigureAwait(false);
    }

    private static async Task GoesOnAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var source = await FillAsync(run, held).ConfigureAwait(false);
        var copied = new HeldBatches(run);
        var partition = new PartitionId(run.Stream, 1);
        for (var part = 1; part <= 5; part++)
        {
            // Each part knows of epochs up to its own last one only.
            var end = part < 5 ? held.All.FindIndex(held.All.Count * part / 5, batch => !batch.MoreFollows) + 1 : held.All.Count;
            var start = new LogStart(EventId.None, 0, DateTimeOffset.UnixEpoch, held.All[end - 1].Epoch);
            await run.Provider.BeginAsync(partition, start, run.Token).ConfigureAwait(false);
            var copy = await run.OpenAsync(1).ConfigureAwait(false);
            Expect.Same(copied.Head, copy.Bounds.Head, "the head of what was imported before");
            var from = copied.All.Count;
            await ImportAsync(copy, held, from, end).ConfigureAwait(false);
            copied.All.AddRange(held.All[from..end]);
            await copied.VerifyAsync(copy).ConfigureAwait(false);
            if (part % 2 == 0)
            {
                await run.RestartAsync().ConfigureAwait(false);
            }
        }

        source = await run.OpenAsync().ConfigureAwait(false);
        await held.VerifyAsync(await run.OpenAsync(1).ConfigureAwait(false)).ConfigureAwait(false);
        Expect.Same(source.Bounds.Head, held.Head, "the head of the log that was copied");
    }

    private static async Task RefusesAsync(ConformanceRun run)
    {
        var start = StartAfter(10);
        await run.Provider.BeginAsync(new PartitionId(run.Stream, 0), start, run.Token).ConfigureAwait(false);
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        EventId[] ids = [new(11), new(12), new(13)];
        await RefusedAsync("of no batches").ConfigureAwait(false);
        await RefusedAsync("that begins too late", Make(ids[1], 60, 50)).ConfigureAwait(false);
        await RefusedAsync("that begins too early", Make(start.After, 60, 50)).ConfigureAwait(false);
        await RefusedAsync("of a batch that follows another life", Make(ids[0], 60, 49)).ConfigureAwait(false);
        await RefusedAsync("of an epoch that falls", Make(ids[0], 49, 50)).ConfigureAwait(false);
        await RefusedAsync("of the owner's epoch", Make(ids[0], log.Epoch, 50)).ConfigureAwait(false);
        await RefusedAsync("of a later epoch", Make(ids[0], log.Epoch + 1, 50)).ConfigureAwait(false);
        await RefusedAsync("with a gap", Make(ids[0], 60, 50), Make(ids[2], 60, 60)).ConfigureAwait(false);
        await RefusedAsync("of half an append", Make(ids[0], 60, 50, moreFollows: true)).ConfigureAwait(false);
        await RefusedAsync("of a batch without ids", SealedBatches.MakeUnsealed()).ConfigureAwait(false);
        var two = SealedBatches.Make(ids[0], 60, start.After, events: 2, previousEpoch: 50);
        await RefusedAsync("of a picked batch", SealedBatches.PickLast(two)).ConfigureAwait(false);
        await ImportAsync(log, Make(ids[0], 60, 50), Make(ids[1], 70, 60)).ConfigureAwait(false);
        await RefusedAsync("of what is there already", Make(ids[1], 70, 60)).ConfigureAwait(false);
        await RefusedAsync("that goes on in another life", Make(ids[2], 80, 60)).ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log, ids[0]).ConfigureAwait(false);
        await ImportAsync(log, Make(ids[2], 70, 70)).ConfigureAwait(false);
        await held.VerifyAsync(log, ids[0]).ConfigureAwait(false);

        static EventBatch Make(EventId baseId, long epoch, long previousEpoch, bool moreFollows = false) => SealedBatches.Make(
            baseId, epoch, new EventId(baseId.Value - 1), moreFollows: moreFollows, previousEpoch: previousEpoch);

        async Task RefusedAsync(string what, params EventBatch[] batches)
        {
            var before = log.Bounds;
            await Expect.FailsAsync<ArgumentException>(() => log.ImportAsync(batches), $"an import {what}").ConfigureAwait(false);
            Expect.Same(before, log.Bounds, $"what the log holds after an import {what}");
        }

        async Task ImportAsync(IEventLog into, params EventBatch[] batches)
        {
            await into.ImportAsync(batches).ConfigureAwait(false);
            held.All.AddRange(batches);
        }
    }

    private static async Task RefusesOwnAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        var partition = new PartitionId(run.Stream, 0);
        await run.Provider.BeginAsync(partition, StartAfter(10), run.Token).ConfigureAwait(false);
        var log = await run.OpenAsync().ConfigureAwait(false);
        var imported = SealedBatches.Make(new EventId(11), 60, new EventId(10), previousEpoch: 50);
        await log.ImportAsync([imported]).ConfigureAwait(false);
        held.All.Add(imported);
        await held.AppendAsync(log).ConfigureAwait(false);
        await RefusedAsync("that has appended").ConfigureAwait(false);
        await held.VerifyAsync(log, new EventId(11)).ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await RefusedAsync("of a log with events that were appended").ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log, new EventId(11)).ConfigureAwait(false);
        await run.TrimAsync(log, ADay, SealedBatches.Start.AddYears(1)).ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await RefusedAsync("of a log whose events were trimmed").ConfigureAwait(false);
        await run.DeleteAsync().ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await RefusedAsync("of a log that was deleted").ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);

        async Task RefusedAsync(string whose)
        {
            var next = SealedBatches.Make(held.Head.Next, log.Epoch - 1, held.Head, previousEpoch: log.Bounds.HeadEpoch);
            await Expect.FailsAsync<StorageRefusedException>(() => log.ImportAsync([next]), $"an import by an owner {whose}")
                .ConfigureAwait(false);
            await Expect.FailsAsync<StorageRefusedException>(
                () => run.Provider.BeginAsync(partition, StartAfter(10), run.Token), $"a beginning beside an owner {whose}")
                .ConfigureAwait(false);
            await log.ConfirmAsync(run.Token).ConfigureAwait(false);
        }
    }

    /// <summary>A log of several owners, of which the oldest events are trimmed.</summary>
    private static async Task<IEventLog> FillAsync(ConformanceRun run, HeldBatches held)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        for (var i = 0; i < 5; i++)
        {
            await held.AppendTrimmableAsync(log).ConfigureAwait(false);
            await held.AppendAsync(log, events: 2, batches: 3).ConfigureAwait(false);
            var keyed = Array.ConvertAll(SealedBatches.Append(log, events: 3, batches: 2), SealedBatches.WithKeys);
            await held.AppendAsync(log, keyed).ConfigureAwait(false);
            log = await run.ReopenAsync(log).ConfigureAwait(false);
        }

        await run.TrimAsync(log, new Retention { MaxBytes = 5 * run.TrimmableBytes }, SealedBatches.Start).ConfigureAwait(false);
        return log;
    }

    /// <summary>Imports some of the batches, an append or a few at a time.</summary>
    private static async Task ImportAsync(IEventLog log, HeldBatches held, int from, int end)
    {
        for (var wanted = 1; from < end; wanted = (wanted % 40) + 3)
        {
            var to = held.All.FindIndex(Math.Min(from + wanted, end) - 1, batch => !batch.MoreFollows) + 1;
            await log.ImportAsync(held.All[from..to]).ConfigureAwait(false);
            from = to;
        }
    }

    private static LogStart StartAfter(long id) => id == 0
        ? new LogStart(EventId.None, 0, DateTimeOffset.UnixEpoch, GreatestEpoch)
        : new LogStart(new EventId(id), 50, SealedBatches.Start.AddDays(-1), GreatestEpoch);
}
