using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Sessions;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;
using static Reflex.Orleans.Tests.Support.SessionSilo;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Tests.Sessions;

/// <summary>What calls about consumers cost that a caller may have invented, and what they find.</summary>
public sealed class UnknownConsumerTests
{
    private readonly GrainCalls _calls = new();
    private readonly ScriptedStorage _storage = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAsync_OfUnknownNames_ActivatesNothingAndReadsEachRecordOnce()
    {
        const int Partitions = 64;
        const int Names = 10;
        await using var silo = await StartAsync(partitions: Partitions, storage: _storage, calls: _calls);
        await silo.Reflex.GetCursors("orders", 0).SetAsync("mailer", Cursor.Empty, Token);
        var (reads, sessions) = (_storage.Reads, await Activations.CountAsync<SessionGrain>(silo));

        for (var i = 0; i < Names; i++)
        {
            Assert.Equal(Cursor.Empty, await silo.Reflex.GetCursors("orders").GetAsync($"invented-{i}", Token));
            Assert.Equal(Cursor.Empty, await silo.Reflex.GetCursors("orders", 3).GetAsync($"invented-{i}", Token));
        }

        Assert.Equal(1, sessions);
        Assert.Equal(sessions, await Activations.CountAsync<SessionGrain>(silo));
        Assert.Equal(0, await Activations.CountAsync<PartitionGrain>(silo));
        Assert.Equal(Names * (Partitions + 1), _storage.Reads - reads);
        Assert.Equal(0, _calls.CountOf(nameof(ICatalogGrain.ListConsumersAsync)));
    }

    [Fact]
    public async Task GetAsync_OfAnUnknownName_IsAskedAboutEachTimeAndOfAKnownOneOnce()
    {
        await using var silo = await StartAsync(events: 5, calls: _calls);
        var cursors = silo.Reflex.GetCursors("orders");
        int Asked() => _calls.CountOf(nameof(ICatalogGrain.FindConsumerAsync));

        await cursors.GetAsync("mailer", Token);
        await cursors.GetAsync("mailer", Token);
        Assert.Equal(2, Asked());

        await cursors.SetAsync("mailer", "2", Token);
        var before = Asked();
        Assert.Equal("2", await cursors.GetAsync("mailer", Token));
        await cursors.SetAsync("mailer", "3", Token);
        Assert.Equal(before, Asked());
    }

    [Fact]
    public async Task GetAsync_OfAConsumerThatTheClusterRanFormerly_GivesItsStoredCursors()
    {
        var data = new TestData();
        var expected = await ConsumeAndStopAsync(data);

        await using var silo = await StartAsync(partitions: 4, data: data, calls: _calls);
        using var outside = await silo.ConnectAsync();
        foreach (var reflex in new[] { silo.Reflex, outside.Services.GetRequiredService<IReflexClient>() })
        {
            Assert.Equal(expected, await reflex.GetCursors("orders").GetAsync("printer", Token));
            Assert.Equal(Cursor.After(expected.Of(2)!.Value), await reflex.GetCursors("orders", 2).GetAsync("printer", Token));
        }

        Assert.Equal(0, await Activations.CountAsync<SessionGrain>(silo));
        Assert.Equal([new ConsumerId("orders", "printer")], await silo.Reflex.ListConsumersAsync(Token));
        var status = await silo.Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token);
        Assert.Equal((ConsumerState.Unregistered, 4), (status.State, status.Partitions.Count));

        // Somebody outside goes on where the cluster ended.
        await using (var session = await silo.Reflex.OpenSessionAsync("orders", null, "printer", Token))
        {
            Assert.Equal(expected, session.Start);
        }

        Assert.Equal([new ConsumerId("orders", "printer")], await silo.Reflex.ListConsumersAsync(Token));
        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task GetAsync_OfAConsumerThatTheClusterDoesntRunAnyMore_FindsThatInAnOlderProcessToo()
    {
        var data = new TestData();
        var seen = new Seen();
        var silo = await ConsumerSilo.StartAsync(seen, data: data);
        using var outside = await silo.ConnectAsync();
        var cursors = outside.Services.GetRequiredService<IReflexClient>().GetCursors("orders");
        await ConsumerSilo.AppendAsync(silo, 5);
        await seen.ReachesAsync(5);
        await Asking.UntilAsync(async () => await cursors.GetAsync("printer", Token), cursor => cursor.WithoutLives() == "5");
        await silo.DisposeAsync();

        await using var next = await silo.RestartAsync(reflex => reflex.AddStream("orders"));

        Assert.Equal("5", (await cursors.GetAsync("printer", Token)).WithoutLives());
        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task GetAsync_OfAConsumerThatTheClusterRunsSince_FindsThatInAnOlderProcessToo()
    {
        var seen = new Seen();
        var silo = await StartAsync(events: 5);
        using var outside = await silo.ConnectAsync();
        var reflex = outside.Services.GetRequiredService<IReflexClient>();
        await using (var session = await reflex.OpenSessionAsync("orders", null, "mailer", Token))
        {
            await session.AcknowledgeAsync("2", Token);
        }

        await silo.DisposeAsync();
        await using var next = await silo.RestartAsync(builder =>
        {
            builder.Services.AddSingleton(seen);
            builder.AddStream("orders").AddConsumer<SeeingConsumer>("mailer", "orders");
        });
        await seen.ReachesAsync(3);

        await Asking.UntilAsync(
            async () => await reflex.GetCursors("orders").GetAsync("mailer", Token), cursor => cursor.WithoutLives() == "5");
        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task Looks_AtNamesThatNoSessionHolds_ActivateNoGrainsOfThem()
    {
        await using var silo = await StartAsync(events: 200, partitions: 64);
        for (var i = 0; i < 10; i++)
        {
            await silo.Reflex.GetCursors("orders", i).SetAsync($"name-{i}", "1", Token);
        }

        Assert.Equal(10, await Activations.CountAsync<SessionGrain>(silo));
        foreach (var id in await silo.Reflex.ListConsumersAsync(Token))
        {
            var status = await silo.Reflex.GetConsumer(id.Stream, id.Name).GetStatusAsync(Token);
            Assert.Equal(64, status.Partitions.Count);
            Assert.Equal(199, status.LagEvents);
            Assert.Equal(status.Partitions.Select(part => part.Cursor?.ToString() ?? ""), CursorParts(
                await silo.Reflex.GetCursors(id.Stream).GetAsync(id.Name, Token)));
        }

        Assert.Equal(10, await Activations.CountAsync<SessionGrain>(silo));
    }

    [Fact]
    public async Task GetStatusAsync_OfAListedConsumer_SeesWhatIsntStoredYet()
    {
        await using var silo = await StartAsync(
            events: 5, options: options => options.CursorFlushWindow = TimeSpan.FromSeconds(10), storage: _storage);
        await using var session = await OpenAsync(silo);
        await session.AcknowledgeAsync("1", Token);
        var writes = _storage.Writes;

        await session.AcknowledgeAsync("3", Token);

        Assert.Equal(2, (await Control(silo).GetStatusAsync(Token)).LagEvents);
        Assert.Equal(writes, _storage.Writes);
    }

    [Fact]
    public async Task GetAsync_OfAListedConsumer_SeesWhatIsntStoredYet()
    {
        await using var silo = await StartAsync(
            events: 5, options: options => options.CursorFlushWindow = TimeSpan.FromSeconds(10), storage: _storage);
        await using var session = await OpenAsync(silo);
        await session.AcknowledgeAsync("1", Token);
        var writes = _storage.Writes;

        await session.AcknowledgeAsync("3", Token);

        Assert.Equal("3", await CursorAsync(silo));
        Assert.Equal(writes, _storage.Writes);
    }

    [Fact]
    public async Task GetAsync_WhileTheNameIsTakenByASession_GivesACursorOfItsTime()
    {
        await using var silo = await StartAsync(events: 5, partitions: 2, storage: _storage);
        var place = (await silo.Reflex.GetStream("orders").GetStatusAsync(Token)).Partitions.First(p => p.Head > EventId.None).Partition;
        var acknowledged = Cursor.ForPartitions(2).With(place, new EventId(1));
        IConsumerSession? session = null;
        _storage.BeforeRead = async () =>
        {
            _storage.BeforeRead = () => Task.CompletedTask;
            session = await OpenAsync(silo);
            await session.AcknowledgeAsync(acknowledged, Token);
        };

        var cursor = await CursorAsync(silo);

        Assert.True(cursor.IsEmpty || cursor == acknowledged, cursor.ToString());
        Assert.Equal(acknowledged, await CursorAsync(silo));
        await session!.DisposeAsync();
    }

    [Fact]
    public async Task GetAsync_WhileTheStorageFails_IsRepeated()
    {
        await using var silo = await StartAsync(storage: _storage);
        var failures = 0;
        _storage.BeforeRead = () => ++failures <= 2 ? throw new IOException("disk away") : Task.CompletedTask;
        Assert.Equal(Cursor.Empty, await CursorAsync(silo));
        Assert.True(failures > 2);
    }

    [Fact]
    public async Task GetAsync_WhileTheStorageStaysAway_IsRefusedTyped()
    {
        await using var silo = await StartAsync(
            options: options => options.ReadRetryTimeout = TimeSpan.FromMilliseconds(500), storage: _storage);
        _storage.BeforeRead = () => throw new IOException("disk away");
        var error = await Assert.ThrowsAsync<CursorStoreException>(() => CursorAsync(silo));

        Assert.True(error.IsTransient);
        Assert.Equal(new ConsumerId("orders", "mailer"), error.Consumer);
    }

    [Fact]
    public async Task GetAsync_WhileItsSiloStops_EndsAsStopped()
    {
        await using var silo = await StartAsync(storage: _storage);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopping = silo.Services.GetRequiredService<SiloDrain>().Stopping;
        _storage.BeforeRead = async () =>
        {
            reading.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new ObjectDisposedException("the storage");
        };
        var cursor = CursorAsync(silo);
        await reading.Task.WaitAsync(Token);

        await silo.StopAsync();

        var error = await Assert.ThrowsAnyAsync<ReflexException>(() => cursor);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Controls_OfUnknownNames_CostALookUpEach()
    {
        await using var silo = await StartAsync(partitions: 64, calls: _calls);
        var consumer = silo.Reflex.GetConsumer("orders", "invented");
        Func<Task>[] calls =
        [
            () => consumer.GetStatusAsync(Token),
            () => consumer.StartAsync(Token),
            () => consumer.StopAsync(Token),
            () => consumer.RetryAsync(Token),
            () => consumer.SkipAsync(0, new EventId(1), Token),
            () => consumer.SetCursorAsync(Cursor.Parse(string.Join('.', Enumerable.Repeat("1", 64))), Token),
            () => silo.Reflex.GetConsumer("no-such-stream", "invented").GetStatusAsync(Token),
        ];

        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<ConsumerNotFoundException>(call);
            Assert.Contains("none is registered", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(calls.Length, _calls.CountOf(nameof(ICatalogGrain.FindConsumerAsync)));
        Assert.Equal(0, _calls.CountOf(nameof(ICatalogGrain.ListConsumersAsync)));
        Assert.Equal(0, await Activations.CountAsync<SessionGrain>(silo));
        Assert.Equal(0, await Activations.CountAsync<PartitionGrain>(silo));
    }

    [Fact]
    public async Task EveryCall_OfAnUnknownStream_ListsNothing()
    {
        await using var silo = await StartAsync(calls: _calls);

        // A silo does after its start.
        int Listed() => _calls.CountOf(nameof(ICatalogGrain.ListStreamsAsync));
        await Asking.UntilAsync(
            async () =>
            {
                await silo.Reflex.ListConsumersAsync(Token);
                return Listed();
            },
            listed => listed == 1);

        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<StreamNotFoundException>(() => silo.Reflex.GetStream($"invented-{i}").GetStatusAsync(Token));
            await Assert.ThrowsAsync<StreamNotFoundException>(
                async () => await silo.Reflex.GetCursors($"invented-{i}").GetAsync("mailer", Token));
        }

        Assert.Equal(1, Listed());
    }

    private static string[] CursorParts(Cursor cursor) => cursor.ToString().Split('.');

    /// <summary>Has the cluster itself consume a stream of four partitions; answers how far it came.</summary>
    private static async Task<Cursor> ConsumeAndStopAsync(TestData data)
    {
        var seen = new Seen();
        await using var silo = await ConsumerSilo.StartAsync(seen, partitions: 4, data: data);
        await ConsumerSilo.AppendAsync(silo, 40);
        await seen.ReachesAsync(40);
        return Cursor.Parse(string.Join(
            '.', (await silo.Reflex.GetStream("orders").GetStatusAsync(Token)).Partitions.Select(partition => partition.HeadPlace)));
    }
}
