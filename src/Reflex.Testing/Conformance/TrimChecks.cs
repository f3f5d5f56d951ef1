using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>What a trim removes and what it must leave.</summary>
internal static class TrimChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Trim_WhenNothingIsPastTheRetention_RemovesNothing", RemovesNothingAsync),
        new("Trim_ByAge_RemovesOldEventsAndKeepsTheYounger", ByAgeAsync),
        new("Trim_ByBytes_RemovesTheOldestAndNotAllThatItMay", ByBytesAsync),
        new("Trim_ByBytesOfEverything_KeepsTheNewestBatch", KeepsNewestAsync),
        new("Trim_ByAgeOfEverything_RemovesTheNewestBatchToo", RemovesNewestAsync),
        new("Trim_ByAgeThenByBytes_KeepsWhatCameMeanwhile", AgeThenBytesAsync),
        new("Trim_ByAgeOfAnEventOfTheFuture_KeepsItForTheAge", FutureAsync),
        new("Trim_ByAgeOfAnEventOfThePast_KeepsItForTheAge", PastAsync),
        new("Trim_ByAge_WithEventsOfAWrongClockAmongOthers_GoesByTheOthers", AmongOthersAsync),
        new("Trim_ThenOpen_StaysTrimmed", StaysTrimmedAsync),
        new("Trim_BesideReads_DisturbsNone", BesideReadsAsync),
        new("Trim_Cancelled_LeavesAWholeLog", CancelledAsync),
    ];

    private static async Task RemovesNothingAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await run.TrimAsync(log, Everything, SealedBatches.Start).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        var all = new Retention { MaxBytes = log.Bounds.Bytes * 2, MaxAge = TimeSpan.FromDays(1) };
        foreach (var retention in new[] { Retention.Forever, all })
        {
            await run.TrimAsync(log, retention, SealedBatches.Start.AddSeconds(held.All.Count)).ConfigureAwait(false);
            await held.VerifyAsync(log).ConfigureAwait(false);
        }
    }

    private static async Task ByAgeAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        var now = held.All[^1].AppendedAt;
        var age = TimeSpan.FromSeconds(held.All.Count / 4);
        await run.TrimAsync(log, new Retention { MaxAge = age }, now).ConfigureAwait(false);

        var oldest = log.Bounds.Oldest;
        var young = held.All.First(batch => batch.AppendedAt >= now - age).BaseId;
        Expect.That(oldest > new EventId(1), $"a trim to a quarter of the events' age to remove some; the oldest is {oldest}");
        Expect.That(oldest <= young, $"event {young} and all after it, which are young enough, to stay; the oldest is {oldest}");
        await held.VerifyAsync(log, oldest).ConfigureAwait(false);
        await held.AppendAsync(log, at: now).ConfigureAwait(false);
    }

    private static async Task ByBytesAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        var bytes = log.Bounds.Bytes;
        await run.TrimAsync(log, new Retention { MaxBytes = bytes - 1 }, SealedBatches.Start).ConfigureAwait(false);

        // The unit is unknown, but to free one byte nothing like half of the log is needed.
        var half = held.All[held.All.Count / 2].BaseId;
        var oldest = log.Bounds.Oldest;
        Expect.That(oldest < half, $"a trim that has to free one byte to keep event {half}; the oldest is {oldest}");
        await run.TrimAsync(log, new Retention { MaxBytes = bytes / 8 }, SealedBatches.Start).ConfigureAwait(false);
        Expect.That(log.Bounds.Oldest > new EventId(1), "a trim to an eighth of the bytes to remove something; it removed nothing");
        Expect.That(log.Bounds.Bytes < bytes, $"a trimmed log to take less than {bytes} bytes; it takes {log.Bounds.Bytes}");
        await held.VerifyAsync(log, log.Bounds.Oldest).ConfigureAwait(false);
    }

    private static async Task KeepsNewestAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendAsync(log, events: 3).ConfigureAwait(false);
        await TrimAllAsync().ConfigureAwait(false);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        await TrimAllAsync().ConfigureAwait(false);
        await TrimAllAsync().ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await TrimAllAsync().ConfigureAwait(false);

        async Task TrimAllAsync()
        {
            await run.TrimAsync(log, new Retention { MaxBytes = 1 }, SealedBatches.Start.AddYears(10)).ConfigureAwait(false);
            var newest = held.All[^1].BaseId;
            Expect.That(
                log.Bounds.Oldest <= newest, $"the newest batch, from event {newest} on, to stay; the oldest is {log.Bounds.Oldest}");
            await held.VerifyAsync(log, log.Bounds.Oldest).ConfigureAwait(false);
        }
    }

    private static async Task RemovesNewestAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendAsync(log, events: 3).ConfigureAwait(false);
        await TrimAllAsync().ConfigureAwait(false);
        await TrimAllAsync().ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await VerifyEmptyAsync().ConfigureAwait(false);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        await TrimAllAsync().ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        log = await run.OpenAsync().ConfigureAwait(false);
        await VerifyEmptyAsync().ConfigureAwait(false);

        // Nothing came since the last time; an owner that appended nothing changes nothing.
        await TrimAllAsync().ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await VerifyEmptyAsync().ConfigureAwait(false);
        var first = held.Head.Next;
        await held.AppendAsync(log, events: 2, batches: 2).ConfigureAwait(false);
        await held.VerifyAsync(log, first).ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log, first).ConfigureAwait(false);

        async Task TrimAllAsync()
        {
            await run.TrimAsync(log, Everything, SealedBatches.Start.AddYears(10)).ConfigureAwait(false);
            await VerifyEmptyAsync().ConfigureAwait(false);
        }

        async Task VerifyEmptyAsync()
        {
            await held.VerifyAsync(log, held.Head.Next).ConfigureAwait(false);
            await Expect.FailsAsync<ArgumentOutOfRangeException>(
                async () => await log.ReadAsync(held.Head, 1, run.Token).ConfigureAwait(false), "a read after the head")
                .ConfigureAwait(false);
        }
    }

    private static async Task AgeThenBytesAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        await run.TrimAsync(log, Everything, SealedBatches.Start.AddYears(10)).ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);
        var newest = held.Head;
        await run.TrimAsync(log, new Retention { MaxBytes = 1 }, SealedBatches.Start.AddYears(10)).ConfigureAwait(false);
        await held.VerifyAsync(log, newest).ConfigureAwait(false);
    }

    private static Task FutureAsync(ConformanceRun run) => WrongClockAsync(run, SealedBatches.Start.AddYears(30));

    private static Task PastAsync(ConformanceRun run) => WrongClockAsync(run, DateTimeOffset.UnixEpoch);

    /// <summary>The newest events are of a wrong clock, and no others come.</summary>
    private static async Task WrongClockAsync(ConformanceRun run, DateTimeOffset wrong)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        var day = new Retention { MaxAge = TimeSpan.FromDays(1) };
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        await held.AppendAsync(log, at: wrong).ConfigureAwait(false);

        // A storage may need an hour to see it.
        var appended = held.All[^2].AppendedAt;
        await run.TrimAsync(log, day, appended.AddMinutes(1)).ConfigureAwait(false);
        await run.TrimAsync(log, new Retention { MaxBytes = 1 }, appended.AddMinutes(2)).ConfigureAwait(false);
        await run.TrimAsync(log, day, appended.AddHours(2)).ConfigureAwait(false);
        for (var i = 0; i < 2; i++)
        {
            await run.TrimAsync(log, day, appended.AddHours(23)).ConfigureAwait(false);
            Expect.That(
                log.Bounds.Oldest <= held.Head, $"an event that is stamped {wrong:u} to stay for a day; it is gone after 23 hours");
            await held.VerifyAsync(log, log.Bounds.Oldest, isTimeKnown: false).ConfigureAwait(false);
            if (i == 0)
            {
                await run.RestartAsync().ConfigureAwait(false);
                log = await run.OpenAsync().ConfigureAwait(false);
            }
        }

        await run.TrimAsync(log, day, appended.AddHours(27)).ConfigureAwait(false);
        await held.VerifyAsync(log, held.Head.Next, isTimeKnown: false).ConfigureAwait(false);
    }

    private static async Task AmongOthersAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        var day = new Retention { MaxAge = TimeSpan.FromDays(1) };
        for (var i = 0; i < 6; i++)
        {
            await held.AppendTrimmableAsync(log).ConfigureAwait(false);
            await held.AppendAsync(
                log, at: i % 2 == 0 ? SealedBatches.Start.AddYears(30) : DateTimeOffset.UnixEpoch).ConfigureAwait(false);
        }

        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        var last = held.All[^1].AppendedAt;
        await run.TrimAsync(log, day, last.AddHours(22)).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
        await run.TrimAsync(log, day, last.AddDays(1).AddMinutes(1)).ConfigureAwait(false);
        await held.VerifyAsync(log, held.Head.Next).ConfigureAwait(false);
    }

    private static async Task StaysTrimmedAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        for (var i = 0; i < 3; i++)
        {
            await held.AppendTrimmableAsync(log).ConfigureAwait(false);
            await run.TrimAsync(log, new Retention { MaxBytes = run.TrimmableBytes }, SealedBatches.Start).ConfigureAwait(false);
            var oldest = log.Bounds.Oldest;
            Expect.That(oldest > new EventId(1), $"a trim to {run.TrimmableBytes} bytes to remove something; it removed nothing");
            if (i > 0)
            {
                await run.RestartAsync().ConfigureAwait(false);
                log = await run.OpenAsync().ConfigureAwait(false);
            }
            else
            {
                log = await run.ReopenAsync(log).ConfigureAwait(false);
            }

            await held.VerifyAsync(log, oldest).ConfigureAwait(false);
        }
    }

    private static async Task BesideReadsAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(run.Token);
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadOldestAsync(run, log, ended.Token), run.Token)).ToArray();
        try
        {
            for (var i = 0; i < 30; i++)
            {
                await held.AppendAsync(log, batches: 3, metadataBytes: 8000).ConfigureAwait(false);
                await run.TrimAsync(log, new Retention { MaxBytes = run.TrimmableBytes }, SealedBatches.Start).ConfigureAwait(false);
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(readers).ConfigureAwait(false);
        await held.VerifyAsync(log, log.Bounds.Oldest).ConfigureAwait(false);
    }

    /// <summary>Reads where trims remove; a read may fail only for what is gone.</summary>
    private static async Task ReadOldestAsync(ConformanceRun run, IEventLog log, CancellationToken ended)
    {
        do
        {
            // A storage may never wait; whoever trims needs a thread too.
            run.Token.ThrowIfCancellationRequested();
            await Task.Yield();
            var oldest = log.Bounds.Oldest;
            try
            {
                await run.ReadAsync(log, new EventId(oldest.Value - 1), 20_000).ConfigureAwait(false);
            }
            catch (ArgumentOutOfRangeException error)
            {
                if (log.Bounds.Oldest == oldest)
                {
                    throw new ConformanceException(
                        $"expected event {oldest} to be readable as long as the log says that it is the oldest.", error);
                }
            }
        }
        while (!ended.IsCancellationRequested);
    }

    private static async Task CancelledAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(run.Token);
        await cancelled.CancelAsync().ConfigureAwait(false);
        try
        {
            while (await log.TrimAsync(Everything, SealedBatches.Start.AddYears(10), cancelled.Token).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (!run.Token.IsCancellationRequested)
        {
            // A trim that was faster than its cancellation is as good.
        }

        await held.VerifyAsync(log, log.Bounds.Oldest).ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);
        var oldest = log.Bounds.Oldest;
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log, oldest).ConfigureAwait(false);
    }

    private static Retention Everything { get; } = new() { MaxBytes = 1, MaxAge = TimeSpan.FromTicks(1) };
}
