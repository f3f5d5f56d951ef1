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
        Require(
            oldest >= promise.MustBeGoneBefore,
            $"The log begins with event {oldest}; those before {promise.MustBeGoneBefore} were deleted.");
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
        var newest = VerifyHead(log, promise, found);
        return promise with
        {
            Kept = found,
            Possible = [],
            MayBeTrimmedTo = oldest,
            Newest = newest,
            Starts = [.. promise.Starts.Where(start => newest is not null || start.After == log.Bounds.Head)],
        };
    }

    /// <summary>The head stays, also when its event was trimmed. Answers its batch; null when there never was one.</summary>
    private static EventBatch? VerifyHead(PartitionFileLog log, Promise promise, EventBatch[] found)
    {
        var promised = promise.Kept.Count > 0 ? promise.Kept[^1] : promise.Newest;
        EventBatch? newest = found.Length > 0 ? found[^1] : promised;
        if (found.Length == 0)
        {
            foreach (var batch in promise.Possible.Where(batch => batch.LastId == log.Bounds.Head))
            {
                newest = batch;
            }
        }

        Require(
            log.Bounds.Head.Value >= (promised?.LastId.Value ?? 0),
            $"The head was {promised?.LastId} and is {log.Bounds.Head}.");
        if (newest is { } last)
        {
            Require(log.Bounds.HeadEpoch == last.Epoch, $"The head's epoch is {log.Bounds.HeadEpoch}, not {last.Epoch}.");
            Require(
                log.Bounds.HeadAppendedAt == last.AppendedAt,
                $"The head's time is {log.Bounds.HeadAppendedAt}, not {last.AppendedAt}.");
        }
        else
        {
            var head = (log.Bounds.Head, log.Bounds.HeadEpoch, log.Bounds.HeadAppendedAt);
            Require(
                promise.Starts.Any(start => head == (start.After, start.Epoch, start.AppendedAt)),
                $"The log begins after {head}, and not after one of {string.Join(", ", promise.Starts)}.");
        }

        return newest;
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
