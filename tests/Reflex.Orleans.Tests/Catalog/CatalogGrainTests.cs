using Microsoft.Extensions.DependencyInjection;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Catalog;

public sealed class CatalogGrainTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DefineStreamAsync_AtTheLimitOfStreams_IsRefusedTypedWhileTheOthersGoOn()
    {
        var data = new TestData();
        await using (var silo = await StartAsync(data, streams: 2, partitions: 100))
        {
            using var outside = await silo.ConnectAsync();
            await silo.Reflex.DefineStreamAsync(new StreamDefinition("a"), Token);
            await silo.Reflex.DefineStreamAsync(new StreamDefinition("b"), Token);
            foreach (var reflex in new[] { silo.Reflex, outside.Services.GetRequiredService<IReflexClient>() })
            {
                var error = await Assert.ThrowsAsync<StreamLimitException>(
                    () => reflex.DefineStreamAsync(new StreamDefinition("c"), Token));
                Assert.Equal(("c", 2, false), (error.Stream.Value, error.Limit, error.IsTransient));
                Assert.Contains("ReflexOptions.MaxStreams ", error.Message, StringComparison.Ordinal);
                Assert.False(await reflex.DefineStreamAsync(new StreamDefinition("a"), Token));
                await Assert.ThrowsAsync<StreamConflictException>(() => reflex.DefineStreamAsync(new StreamDefinition("a", 2), Token));
            }

            await outside.StopAsync(Token);
        }

        await using (var next = await StartAsync(data, streams: 1, partitions: 1))
        {
            await next.Reflex.GetStream("b").AppendAsync(new Events.NewEvent(1, "x"), Token);
            Assert.Equal(["a", "b"], (await next.Reflex.ListStreamsAsync(Token)).Select(stream => stream.Name.Value));
        }

        await Assert.ThrowsAsync<StreamLimitException>(
            () => TestSilo.StartAsync(reflex => reflex.AddStream("c"), data, options => options.MaxStreams = 2));
    }

    [Fact]
    public async Task DefineStreamAsync_OverTheLimitOfPartitions_IsRefusedWhileFewerAreNot()
    {
        await using var silo = await StartAsync(new TestData(), streams: 100, partitions: 10);
        await silo.Reflex.DefineStreamAsync(new StreamDefinition("a", 6), Token);

        var error = await Assert.ThrowsAsync<StreamLimitException>(
            () => silo.Reflex.DefineStreamAsync(new StreamDefinition("b", 5), Token));
        Assert.True(await silo.Reflex.DefineStreamAsync(new StreamDefinition("b", 4), Token));

        Assert.Equal(10, error.Limit);
        Assert.Contains("ReflexOptions.MaxPartitions ", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StreamLimitException>(() => silo.Reflex.DefineStreamAsync(new StreamDefinition("c"), Token));
    }

    [Fact]
    public async Task DefineStreamAsync_SeveralAtOnceAtTheLimit_AreNoMoreThanItAllows()
    {
        await using var silo = await StartAsync(new TestData(), streams: 3, partitions: 100);

        // Each name comes twice.
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i => await Record.ExceptionAsync(
            () => silo.Reflex.DefineStreamAsync(new StreamDefinition($"name-{i / 2}"), Token))));

        Assert.Equal(3, (await silo.Reflex.ListStreamsAsync(Token)).Count);
        Assert.Equal(6, results.Count(result => result is null));
        Assert.All(results.OfType<Exception>(), error => Assert.IsType<StreamLimitException>(error));
    }

    [Fact]
    public async Task DefineStreamAsync_AnewWithFewerPartitionsThanThereAreLogs_IsRefused()
    {
        var data = new TestData();
        foreach (var index in new[] { 0, 7 })
        {
            await (await data.Logs.OpenAsync(new PartitionId("many", index), Token)).DisposeAsync();
        }

        await using var silo = await StartAsync(data, streams: 10, partitions: 100);

        var error = await Assert.ThrowsAsync<StreamConflictException>(
            () => silo.Reflex.DefineStreamAsync(new StreamDefinition("many", 3), Token));

        Assert.Equal(("many", 8, 3), (error.Stream.Value, error.StoredPartitions, error.RequestedPartitions));
        Assert.Empty(await silo.Reflex.ListStreamsAsync(Token));
        Assert.True(await silo.Reflex.DefineStreamAsync(new StreamDefinition("man", 3), Token));
        Assert.True(await silo.Reflex.DefineStreamAsync(new StreamDefinition("many", 8), Token));
    }

    [Fact]
    public async Task GetStatusAsync_OfAnUnknownStreamAmongMany_TellsSomeAndHowManyThereAre()
    {
        await using var silo = await StartAsync(new TestData(), streams: 1000, partitions: 1000);
        for (var i = 0; i < 130; i++)
        {
            await silo.Reflex.DefineStreamAsync(new StreamDefinition($"stream-{i:000}"), Token);
        }

        var error = await Assert.ThrowsAsync<StreamNotFoundException>(() => silo.Reflex.GetStream("stream-100x").GetStatusAsync(Token));

        Assert.EndsWith(" and 110 more.", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "among the streams are stream-100, stream-101.",
            error.WithOnly(stream => stream.Value is "stream-100" or "stream-101" or "stream-000").Message,
            StringComparison.Ordinal);
    }

    private static Task<TestSilo> StartAsync(TestData data, int streams, int partitions) => TestSilo.StartAsync(
        _ => { }, data, options => (options.MaxStreams, options.MaxPartitions) = (streams, partitions));
}
