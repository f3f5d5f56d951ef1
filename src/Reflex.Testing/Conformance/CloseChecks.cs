using Reflex.Events;

namespace Reflex.Testing.Conformance;

/// <summary>That a log which was closed is found again as it was.</summary>
internal static class CloseChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Close_ThenOpen_FindsTheSame", FindsTheSameAsync),
        new("Close_OfAnEmptyLog_LeavesItEmpty", LeavesEmptyAsync),
        new("Close_DuringAnAppend_WaitsForIt", WaitsAsync),
    ];

    private static async Task FindsTheSameAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        for (var i = 0; i < 6; i++)
        {
            await held.AppendAsync(log, events: 3, batches: 1 + i, metadataBytes: 5000).ConfigureAwait(false);
            log = await run.ReopenAsync(log).ConfigureAwait(false);
            await held.VerifyAsync(log).ConfigureAwait(false);
            await held.AppendAsync(log).ConfigureAwait(false);
            await run.RestartAsync().ConfigureAwait(false);
            log = await run.OpenAsync().ConfigureAwait(false);
            await held.VerifyAsync(log).ConfigureAwait(false);
        }
    }

    private static async Task LeavesEmptyAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await run.RestartAsync().ConfigureAwait(false);
        log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        await held.VerifyAsync(log).ConfigureAwait(false);
        await held.AppendAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
    }

    private static async Task WaitsAsync(ConformanceRun run)
    {
        var held = new HeldBatches(run);
        for (var i = 0; i < 20; i++)
        {
            var log = await run.OpenAsync().ConfigureAwait(false);
            await held.VerifyAsync(log).ConfigureAwait(false);
            var batches = SealedBatches.Append(log, batches: 8, metadataBytes: 50_000);
            var copies = Array.ConvertAll(batches, SealedBatches.Copy);
            var append = log.AppendAsync(batches);
            await run.CloseAsync(log).ConfigureAwait(false);
            await append.ConfigureAwait(false);
            held.All.AddRange(copies);
        }

        var last = await run.OpenAsync().ConfigureAwait(false);
        Expect.That(last.Bounds.Head > EventId.None, "events in the log");
        await held.VerifyAsync(last).ConfigureAwait(false);
    }
}
