using System.Globalization;
using Reflex.Copying.Places;
using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Copying.Tests.Support;

/// <summary>All that a storage holds, as text.</summary>
internal static class Snapshot
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Of a storage that no silo uses.</summary>
    public static async Task<string> OfAsync(string storage)
    {
        await using var source = await StoragePlace.Parse(storage).OpenSourceAsync(Token);
        return await OfAsync(source);
    }

    public static async Task<string> OfAsync(ICopySource source)
    {
        var records = await source.ReadStateAsync(Token) ?? [];
        var logs = await OfAsync(source.Logs);
        return $"{logs}\n{string.Join('\n', records.OrderBy(record => record.Grain, StringComparer.Ordinal)
            .ThenBy(record => record.State, StringComparer.Ordinal)
            .Select(record => $"{record.Grain} {record.State} {Convert.ToHexString(record.Payload.Span)}"))}";
    }

    /// <summary>Of logs: every byte of their batches, and what is left of deleted ones but for the epochs of their deletion.</summary>
    public static async Task<string> OfAsync(IEventLogProvider logs)
    {
        var lines = new List<string>();
        foreach (var partition in await logs.ListAsync(stream: null, Token))
        {
            await using var reader = await logs.OpenReaderAsync(partition, Token);
            lines.Add(await OfAsync(partition.ToString(), reader!));
        }

        foreach (var (partition, left) in await logs.ListDeletedAsync(Token))
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{partition} deleted {left.After} {left.Epoch:x} {left.AppendedAt:O}"));
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    private static async Task<string> OfAsync(string partition, IEventLogReader reader)
    {
        var (oldest, head, _, epoch, _) = reader.Bounds;
        var hash = 0u;
        long bytes = 0;
        for (var after = new EventId(oldest.Value - 1); after < head;)
        {
            // A page a batch, so that pages of another length give the same.
            var page = await reader.ReadAsync(after, maxBytes: 1, Token);
            hash = (hash * 31) ^ Crc32C.Compute(page.Span);
            bytes += page.Length;
            Assert.True(EventBatch.TryReadSealed(page, out var batch));
            Assert.Equal(page.Length, batch.Bytes.Length);
            after = batch.LastId;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{partition} {oldest} to {head} {epoch:x} {bytes} {hash:x}");
    }
}
