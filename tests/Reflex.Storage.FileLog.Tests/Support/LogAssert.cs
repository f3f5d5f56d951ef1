using Reflex.Events;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>Reads a log through and compares.</summary>
internal static class LogAssert
{
    /// <summary>All batches after an event, read page by page; each verified to follow the one before.</summary>
    public static async Task<List<EventBatch>> ReadAllAsync(IEventLog log, int maxBytes = 1000)
    {
        var batches = new List<EventBatch>();
        var next = log.Bounds.Oldest;
        while (next <= log.Bounds.Head)
        {
            var page = await log.ReadAsync(new EventId(next.Value - 1), maxBytes, TestContext.Current.CancellationToken);
            foreach (var batch in Split(page))
            {
                Assert.Equal(next, batch.BaseId);
                next = batch.LastId.Next;
                batches.Add(batch);
            }
        }

        return batches;
    }

    public static IEnumerable<EventBatch> Split(ReadOnlyMemory<byte> page)
    {
        Assert.False(page.IsEmpty);
        while (!page.IsEmpty)
        {
            Assert.True(EventBatch.TryReadSealed(page, out var batch));
            yield return batch;
            page = page[batch.Bytes.Length..];
        }
    }

    /// <summary>The log holds exactly these batches, byte for byte.</summary>
    public static async Task HoldsAsync(IEventLog log, IEnumerable<EventBatch> expected) =>
        AreSame([.. expected], await ReadAllAsync(log));

    /// <summary>The batches are the same, byte for byte.</summary>
    public static void AreSame(IReadOnlyList<EventBatch> expected, IReadOnlyList<EventBatch> found)
    {
        var isSame = expected.Count == found.Count;
        for (var i = 0; isSame && i < expected.Count; i++)
        {
            isSame = expected[i].Bytes.Span.SequenceEqual(found[i].Bytes.Span);
        }

        if (!isSame)
        {
            Assert.Equal(expected.Select(Text), found.Select(Text));
        }
    }

    private static string Text(EventBatch batch) =>
        $"{batch.BaseId}-{batch.LastId} of {batch.Epoch}: {Convert.ToHexString(batch.Bytes.Span)}";
}
