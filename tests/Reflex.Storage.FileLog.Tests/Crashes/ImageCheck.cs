using System.Globalization;
using Reflex.Events;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>Compares what a log holds with what it must.</summary>
internal static class ImageCheck
{
    private const int WholeSegment = 1024 * 1024;

    /// <summary>All batches' bytes, back to back.</summary>
    public static async Task<byte[]> ReadAllAsync(PartitionFileLog log)
    {
        var all = new MemoryStream();
        var next = log.Bounds.Oldest;
        while (next <= log.Bounds.Head)
        {
            var page = await log.ReadAsync(new EventId(next.Value - 1), WholeSegment, CancellationToken.None);
            all.Write(page.Span);
            foreach (var batch in LogAssert.Split(page))
            {
                Require(batch.BaseId == next, $"Event {next} is missing; {batch.BaseId} is in its place.");
                next = batch.LastId.Next;
            }
        }

        return all.ToArray();
    }

    public static IEnumerable<EventBatch> Split(byte[] bytes) => bytes.Length > 0 ? LogAssert.Split(bytes) : [];

    /// <summary>Verifies a promise; answers what the log holds, as a promise for what follows.</summary>
    public static async Task<Promise> VerifyAsync(PartitionFileLog log, Promise promise)
    {
        var found = Split(await ReadAllAsync(log)).ToArray();
        var oldest = log.Bounds.Oldest.Value;
        Require(oldest <= promise.MayBeTrimmedTo, $"The log begins with event {oldest}; trims reached {promise.MayBeTrimmedTo}.");
        var kept = promise.Kept.Where(batch => batch.BaseId.Value >= oldest).ToArray();
        EventBatch[] possible = [.. kept, .. promise.Possible.Where(batch => batch.BaseId.Value >= oldest)];
        Require(found.Length >= kept.Length, $"Acknowledged events are lost: the log ends with event {log.Bounds.Head}.");
        Require(found.Length <= possible.Length, $"The log ends with event {log.Bounds.Head}, which was never written.");
        for (var i = 0; i < found.Length; i++)
        {
            Require(
                found[i].Bytes.Span.SequenceEqual(possible[i].Bytes.Span),
                string.Create(CultureInfo.InvariantCulture, $"Event {found[i].BaseId} is not what was written."));
        }

        Require(found.Length == 0 || !found[^1].MoreFollows, "The log ends in the middle of an append.");
        return new Promise(found, [], oldest);
    }

    // Far cheaper than an assertion of the framework, and it happens a million times.
    private static void Require(bool isTrue, string message)
    {
        if (!isTrue)
        {
            Assert.Fail(message);
        }
    }
}
