using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>Who owns which bytes, and until when.</summary>
internal static class BufferChecks
{
    public static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("Append_WhenItEnds_HasNotChangedTheBuffersAndKeepsNone", KeepsNoneAsync),
        new("Read_BytesThatItReturned_NeverChange", NeverChangeAsync),
    ];

    private static async Task KeepsNoneAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        foreach (var (batches, metadataBytes) in new[] { (1, 10), (5, 100), (3, 20_000), (1, 60_000), (2, 1) })
        {
            var appended = SealedBatches.Append(log, batches: batches, metadataBytes: metadataBytes);
            var first = held.All.Count;
            await held.AppendAsync(log, appended).ConfigureAwait(false);
            for (var i = 0; i < appended.Length; i++)
            {
                Expect.That(
                    appended[i].Bytes.Span.SequenceEqual(held.All[first + i].Bytes.Span),
                    "an append to leave the bytes that it was given as they were; "
                    + $"those of event {held.All[first + i].BaseId} have changed");
                SealedBatches.Poison(appended[i]);
            }

            await held.VerifyAsync(log).ConfigureAwait(false);
        }

        log = await run.ReopenAsync(log).ConfigureAwait(false);
        await held.VerifyAsync(log).ConfigureAwait(false);
    }

    private static async Task NeverChangeAsync(ConformanceRun run)
    {
        var log = await run.OpenAsync().ConfigureAwait(false);
        var held = new HeldBatches(run);
        var pages = new List<(ReadOnlyMemory<byte> Page, byte[] Copy)>();
        await held.AppendTrimmableAsync(log).ConfigureAwait(false);
        for (var after = EventId.None; after < log.Bounds.Head; after = new EventId(after.Value + 3))
        {
            var page = await log.ReadAsync(after, 3000, run.Token).ConfigureAwait(false);
            pages.Add((page, page.ToArray()));
        }

        await held.AppendAsync(log, batches: 10, metadataBytes: 8000).ConfigureAwait(false);
        await run.TrimAsync(log, new Retention { MaxBytes = 1 }, SealedBatches.Start).ConfigureAwait(false);
        await log.ReadAsync(new EventId(log.Bounds.Oldest.Value - 1), int.MaxValue, run.Token).ConfigureAwait(false);
        await run.CloseAsync(log).ConfigureAwait(false);
        Expect.That(
            pages.TrueForAll(read => read.Page.Span.SequenceEqual(read.Copy)),
            "the bytes that a read has returned to be the reader's for ever; they have changed");
    }
}
