using Microsoft.Extensions.DependencyInjection;
using Reflex.Events;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;

namespace Reflex.Orleans.Tests.Partitions;

/// <summary>Events with keys through a partition, to readers that take them and to readers that don't.</summary>
public sealed class KeyedBatchTests
{
    private static readonly NewEvent[] Events =
    [
        new(1, "a") { Metadata = new byte[] { 1, 2 } },
        new(2, "b") { Metadata = new byte[] { 3 } },
        new(3, "c") { Trace = new byte[] { 9 } },
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StreamAsync_OfEventsWithKeys_HasThemWithTheirMetadata()
    {
        var seen = new Seen();
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders").AddSeeing(seen));
        using var client = await silo.ConnectAsync();
        await silo.Grains.GetGrain<IPartitionGrain>("orders/0").AppendAsync(KeyedAppends.Request(Events));

        foreach (var reflex in new[] { silo.Reflex, client.Services.GetRequiredService<IReflexClient>() })
        {
            AssertEvents(await reflex.GetStream("orders").ToHeadAsync());
        }

        await seen.ReachesAsync(3);
        AssertEvents([.. seen.Events]);
    }

    /// <summary>As older silos and clients ask, which send no form.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(BatchForm.Plain)]
    public async Task ReadAsync_ByAReaderThatTakesNoKeys_HasTheSameEventsWithoutThem(int form)
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"));
        using var client = await silo.ConnectAsync();
        await silo.Reflex.GetStream("orders").AppendAsync(new NewEvent(0, "before"), Token);
        await silo.Grains.GetGrain<IPartitionGrain>("orders/0").AppendAsync(KeyedAppends.Request(Events));

        foreach (var grains in new[] { silo.Grains, client.Services.GetRequiredService<IGrainFactory>() })
        {
            var keyed = await ReadAsync(grains, BatchForm.KeysAndPicked);
            Assert.Contains(keyed.Batches(), batch => batch.HasKeys);
            var page = await ReadAsync(grains, form);
            Assert.All(page.Batches(), batch => Assert.True(!batch.HasKeys && EventBatch.TryReadSealed(batch.Bytes, out _)));
            Assert.Equal(keyed.Last, page.Last);
            Assert.Equal(["before", "a", "b", "c"], page.Events(EventId.None, 0).Select(e => e.ForeignId));
            AssertEvents([.. page.Events(new EventId(1), 0)]);
        }

        static async Task<LogPage> ReadAsync(IGrainFactory grains, int form)
        {
            var request = new ReadRequest(null, 100_000, TimeSpan.Zero, 0, Partitions: 1, form);
            return (await grains.GetGrain<IPartitionGrain>("orders/0").ReadAsync(request, Token)).ToPage();
        }
    }

    private static void AssertEvents(List<Event> events)
    {
        Assert.Equal(Events.Select(e => (e.Type, e.ForeignId)), events.Select(e => (e.Type, e.ForeignId)));
        Assert.All(events, (e, i) => Assert.Equal(Events[i].Metadata.ToArray(), e.Metadata.ToArray()));
        Assert.All(events, (e, i) => Assert.Equal(Events[i].Trace.ToArray(), e.Trace.ToArray()));
    }
}
