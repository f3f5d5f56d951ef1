using System.Text;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing.Conformance;

namespace Reflex.Copying.Tests.Support;

/// <summary>
/// Fills a storage: streams with several partitions and owners, events with and without keys, trimmed, emptied and deleted logs.
/// </summary>
/// <param name="random">What decides.</param>
internal sealed class Content(Random random)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private int _events;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Fills logs; the first ones have each kind of past, further ones what comes.</summary>
    public async Task FillAsync(IEventLogProvider logs, int streams = 3)
    {
        for (var stream = 0; stream < streams; stream++)
        {
            var partitions = random.Next(1, 4);
            for (var index = 0; index < partitions; index++)
            {
                var partition = new PartitionId(StreamName.Parse($"stream-{stream}"), index);
                await FillAsync(logs, partition, past: index == 0 ? stream % 5 : random.Next(5));
            }
        }
    }

    /// <summary>Records as grains leave them, and one that isn't Reflex's.</summary>
    public IReadOnlyList<StateRecord> Records() =>
    [
        .. Enumerable.Range(0, random.Next(1, 40)).Select(number => Record(
            $"reflex.cursor/stream-0/{number % 3}/consumer-{number}", "cursor", $$"""{"form":3,"reader":0,"cursor":{{number}}}""")),
        Record("reflex.streams/12", "streams", """{"form":3,"reader":0,"streams":[]}"""),
        Record("shop.basket/é", "basket", new string('x', random.Next(100_000))),
        Record("shop.basket/é", "other", ""),
    ];

    /// <summary>Appends as an owner does.</summary>
    public async Task AppendAsync(IEventLog log, int appends = 1)
    {
        for (var i = 0; i < appends; i++)
        {
            var builder = new EventBatchBuilder(TimeProvider.System);
            var count = random.Next(1, 30);
            for (var e = 0; e < count; e++)
            {
                var metadata = new byte[random.Next(20) == 0 ? random.Next(20_000) : random.Next(100)];
                random.NextBytes(metadata);
                builder.Add(new NewEvent(random.Next(-5, 5), $"é-{_events++}") { Metadata = metadata });
            }

            var isKeyed = random.Next(3) == 0;
            var (head, previous, next) = (log.Bounds.Head, log.Bounds.HeadEpoch, log.Bounds.Head.Next);
            var batches = new List<EventBatch>();
            foreach (var bytes in builder.Build())
            {
                var batch = EventBatch.FromProducer(
                    isKeyed ? KeyedAndPicked.WithKeys(bytes, place => place % 2 == 0 ? $"key-{_events}-{place}" : null) : bytes);
                batch.Seal(next, log.Epoch, previous, head, Start.AddSeconds(_events));
                batches.Add(batch);
                (previous, next) = (log.Epoch, batch.LastId.Next);
            }

            await log.AppendAsync(batches);
        }
    }

    private static StateRecord Record(string grain, string state, string payload) => new(grain, state, Encoding.UTF8.GetBytes(payload));

    private async Task FillAsync(IEventLogProvider logs, PartitionId partition, int past)
    {
        var owners = random.Next(1, 4);
        for (var owner = 0; owner < owners; owner++)
        {
            await using var log = await logs.OpenAsync(partition, Token);
            await AppendAsync(log, random.Next(1, 12));
            switch (past)
            {
                case 1:
                    await TrimAsync(log, new Retention { MaxBytes = log.Bounds.Bytes / 2 });
                    break;
                case 2 when owner == owners - 1:
                    await TrimAsync(log, new Retention { MaxAge = TimeSpan.FromDays(1) });
                    break;
            }
        }

        if (past == 0)
        {
            // Owners whose epochs no event has.
            for (var owner = 0; owner < 5; owner++)
            {
                await using var log = await logs.OpenAsync(partition, Token);
            }
        }

        if (past is 3 or 4)
        {
            await logs.DeleteAsync(partition, await logs.GetEpochAsync(partition, Token), Token);
        }

        if (past == 4)
        {
            await using var log = await logs.OpenAsync(partition, Token);
            await AppendAsync(log, 2);
        }
    }

    private static async Task TrimAsync(IEventLog log, Retention retention)
    {
        while (await log.TrimAsync(retention, Start.AddYears(1), Token))
        {
        }
    }
}
