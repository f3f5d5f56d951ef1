using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Tests.Support;

/// <summary>Does as the owner of a log does.</summary>
internal static class Owners
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static PartitionId Partition(int number) => new(StreamName.Parse("orders"), number);

    /// <summary>Appends one event, whose foreign id tells it from others.</summary>
    public static Task AppendAsync(this IEventLog log, string foreignId, int metadataSize = 0) =>
        log.AppendAsync([new NewEvent(1, foreignId) { Metadata = new byte[metadataSize] }]);

    /// <summary>Appends events as one batch.</summary>
    public static async Task AppendAsync(this IEventLog log, IEnumerable<NewEvent> events)
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        foreach (var e in events)
        {
            builder.Add(e);
        }

        var bounds = log.Bounds;
        var batch = EventBatch.FromProducer(builder.Build()[0]);
        batch.Seal(bounds.Head.Next, log.Epoch, bounds.HeadEpoch, bounds.Head, DateTimeOffset.UnixEpoch.AddYears(60));
        await log.AppendAsync([batch]);
    }

    /// <summary>The foreign ids of all events of a log, in order; that of event n stands at n - 1.</summary>
    public static async Task<List<string>> ReadAllAsync(this IEventLog log)
    {
        var found = new List<string>();
        while (found.Count < log.Bounds.Head.Value)
        {
            var after = new EventId(found.Count);
            var page = new LogPage([await log.ReadAsync(after, 10_000, Token)], log.Bounds.Oldest, log.Bounds.Head);
            found.AddRange(page.Events(after, partition: 0).Select(one => one.ForeignId));
        }

        return found;
    }
}
