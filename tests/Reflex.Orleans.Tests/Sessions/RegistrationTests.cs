using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Sessions;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;
using static Reflex.Orleans.Tests.Support.SessionSilo;

namespace Reflex.Orleans.Tests.Sessions;

/// <summary>When the cluster keeps the name of a consumer that runs outside of it.</summary>
public sealed class RegistrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SetAsync_OfANewNameThatIsRefused_LeavesNoTrace()
    {
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(events: 50, partitions: 3, storage: storage);
        var writes = storage.Writes;
        var cursors = silo.Reflex.GetCursors("orders");

        await Assert.ThrowsAsync<CursorAheadException>(async () => await cursors.SetAsync("a", "1.1.999", Token));
        await Assert.ThrowsAsync<CursorAheadException>(async () => await cursors.SetAsync("b", "..999", Token));
        await Assert.ThrowsAsync<CursorAheadException>(async () => await silo.Reflex.GetCursors("orders", 2).SetAsync("c", "999", Token));
        await Assert.ThrowsAsync<FormatException>(async () => await cursors.SetAsync("d", "1.1", Token));
        await Assert.ThrowsAsync<FormatException>(async () => await silo.Reflex.GetCursors("orders", 1).SetAsync("e", "1.1.1", Token));
        await Assert.ThrowsAsync<PartitionNotFoundException>(
            async () => await silo.Reflex.GetCursors("orders", 3).SetAsync("f", "1", Token));
        await Assert.ThrowsAsync<StreamNotFoundException>(
            async () => await silo.Reflex.GetCursors("payments").SetAsync("g", "1", Token));
        await Assert.ThrowsAsync<PartitionNotFoundException>(() => silo.Reflex.OpenSessionAsync("orders", 3, "h", Token));
        await Assert.ThrowsAsync<StreamNotFoundException>(() => silo.Reflex.OpenSessionAsync("payments", null, "i", Token));

        Assert.Empty(await silo.Reflex.ListConsumersAsync(Token));
        Assert.Equal(writes, storage.Writes);
        Assert.Equal(0, await Activations.CountAsync<SessionGrain>(silo));
        Assert.Equal(Cursor.Empty, await cursors.GetAsync("a", Token));
    }

    [Fact]
    public async Task SetAsync_OfAKnownNameThatIsRefused_MovesNoPlaceAndEndsNoSession()
    {
        await using var silo = await StartAsync(events: 50, partitions: 3);
        var cursors = silo.Reflex.GetCursors("orders");
        await using var session = await OpenAsync(silo);
        await session.AcknowledgeAsync("1.1.1", Token);

        await Assert.ThrowsAsync<CursorAheadException>(async () => await cursors.SetAsync("mailer", "2.2.999", Token));

        Assert.Equal("1.1.1", await cursors.GetAsync("mailer", Token));
        await session.AcknowledgeAsync("3.3.3", Token);
        Assert.Equal("3.3.3", await cursors.GetAsync("mailer", Token));
        Assert.False(session.Ended.IsCompleted);
    }

    [Fact]
    public async Task SetAsync_OfANameThatTheClusterRanAndSomebodyStopped_IsRefusedWithoutATrace()
    {
        var data = new TestData();
        var seen = new Seen();
        await using (var silo = await ConsumerSilo.StartAsync(seen, partitions: 2, data: data))
        {
            await ConsumerSilo.AppendAsync(silo, 20);
            await seen.ReachesAsync(20);
            await ConsumerSilo.Control(silo).StopAsync(Token);
        }

        await using var next = await StartAsync(partitions: 2, data: data);
        await Assert.ThrowsAsync<ConsumerStoppedException>(
            async () => await next.Reflex.GetCursors("orders").SetAsync("printer", "1.1", Token));
        await Assert.ThrowsAsync<ConsumerStoppedException>(() => next.Reflex.OpenSessionAsync("orders", null, "printer", Token));

        var status = await next.Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token);
        Assert.Equal(ConsumerState.Unregistered, status.State);
        Assert.Equal(0, await Activations.CountAsync<SessionGrain>(next));
    }

    [Fact]
    public async Task SetAsync_OfAConsumerOfTheCluster_IsAConflictBeforeItsCursorIsLookedAt()
    {
        await using var silo = await ConsumerSilo.StartAsync(new Seen(), partitions: 2);

        await Assert.ThrowsAsync<ConsumerConflictException>(
            async () => await silo.Reflex.GetCursors("orders").SetAsync("printer", "999.999", Token));

        Assert.Equal([new ConsumerId("orders", "printer")], await silo.Reflex.ListConsumersAsync(Token));
    }

    [Fact]
    public async Task NewName_AtTheLimitOfItsStream_IsRefusedTypedWhileTheOthersGoOn()
    {
        var data = new TestData();
        await using (var silo = await StartLimitedAsync(perStream: 2, inAll: 100, data))
        {
            using var outside = await silo.ConnectAsync();
            await silo.Reflex.GetCursors("orders").SetAsync("a", "1", Token);
            await using var session = await silo.Reflex.OpenSessionAsync("orders", null, "b", Token);
            foreach (var reflex in new[] { silo.Reflex, outside.Services.GetRequiredService<IReflexClient>() })
            {
                var error = await Assert.ThrowsAsync<ConsumerLimitException>(
                    async () => await reflex.GetCursors("orders").SetAsync("c", "1", Token));
                Assert.Equal((new ConsumerId("orders", "c"), 2, false), (error.Consumer, error.Limit, error.IsTransient));
                Assert.Contains("ReflexOptions.MaxOutsideConsumersPerStream", error.Message, StringComparison.Ordinal);
                await Assert.ThrowsAsync<ConsumerLimitException>(() => reflex.OpenSessionAsync("orders", 0, "c", Token));
                await reflex.GetCursors("orders").SetAsync("a", "2", Token);
            }

            await session.AcknowledgeAsync("3", Token);
            await silo.Reflex.GetCursors("payments").SetAsync("c", Cursor.Empty, Token);
            Assert.Equal(Cursor.Empty, await silo.Reflex.GetCursors("orders").GetAsync("c", Token));
            Assert.Equal(["orders/a", "orders/b", "payments/c"], await NamesAsync(silo));
            await outside.StopAsync(Token);
        }

        await using (var next = await StartLimitedAsync(perStream: 1, inAll: 100, data))
        {
            await next.Reflex.GetCursors("orders").SetAsync("b", "4", Token);
            await Assert.ThrowsAsync<ConsumerLimitException>(
                async () => await next.Reflex.GetCursors("orders").SetAsync("c", "1", Token));
        }

        await using var raised = await StartLimitedAsync(perStream: 3, inAll: 100, data);
        await raised.Reflex.GetCursors("orders").SetAsync("c", "1", Token);
        Assert.Equal(["orders/a", "orders/b", "orders/c", "payments/c"], await NamesAsync(raised));
    }

    [Fact]
    public async Task NewName_AtTheLimitOfTheCluster_IsRefusedOnEveryStream()
    {
        await using var silo = await StartLimitedAsync(perStream: 2, inAll: 3);
        await silo.Reflex.GetCursors("orders").SetAsync("a", "1", Token);
        await silo.Reflex.GetCursors("orders").SetAsync("b", "1", Token);
        await silo.Reflex.GetCursors("payments").SetAsync("a", Cursor.Empty, Token);

        var error = await Assert.ThrowsAsync<ConsumerLimitException>(
            async () => await silo.Reflex.GetCursors("payments").SetAsync("b", Cursor.Empty, Token));

        Assert.Equal(3, error.Limit);
        Assert.Contains("ReflexOptions.MaxOutsideConsumers ", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Activations.CountAsync<SessionGrain>(silo) - 3);
    }

    [Fact]
    public async Task NewNames_SeveralAtOnceAtTheLimit_AreNoMoreThanItAllows()
    {
        await using var silo = await StartLimitedAsync(perStream: 3, inAll: 100);
        using var outside = await silo.ConnectAsync();
        IReflexClient[] clients = [silo.Reflex, outside.Services.GetRequiredService<IReflexClient>()];

        // Each name comes twice, from two processes.
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var set = clients[i % 2].GetCursors("orders").SetAsync($"name-{i / 2}", "1", Token).AsTask();
            return await Record.ExceptionAsync(() => set);
        }));

        Assert.Equal(3, (await NamesAsync(silo)).Count);
        Assert.Equal(6, results.Count(result => result is null));
        Assert.All(results.OfType<Exception>(), error => Assert.IsType<ConsumerLimitException>(error));
        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task NewName_ThatCantBeStored_IsUnknownUntilItIs()
    {
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(events: 5, storage: storage);
        storage.BeforeWrite = () => throw new IOException("disk full");

        var error = await Assert.ThrowsAnyAsync<ReflexException>(
            async () => await silo.Reflex.GetCursors("orders").SetAsync("mailer", "1", Token));

        Assert.True(error.IsTransient);
        Assert.Empty(await silo.Reflex.ListConsumersAsync(Token));
        storage.BeforeWrite = () => Task.CompletedTask;
        await silo.Reflex.GetCursors("orders").SetAsync("mailer", "1", Token);
        Assert.Equal(["orders/mailer"], await NamesAsync(silo));
    }

    [Fact]
    public async Task NewName_WhileItIsBeingStored_IsntListed()
    {
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(events: 5, storage: storage);
        var (writing, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        storage.BeforeWrite = () =>
        {
            storage.BeforeWrite = () => Task.CompletedTask;
            writing.SetResult();
            return go.Task;
        };
        var set = silo.Reflex.GetCursors("orders").SetAsync("mailer", "1", Token).AsTask();
        await writing.Task.WaitAsync(Token);

        Assert.Empty(await silo.Reflex.ListConsumersAsync(Token));
        await Assert.ThrowsAsync<ConsumerNotFoundException>(() => Control(silo).GetStatusAsync(Token));

        go.SetResult();
        await set;
        Assert.Equal(["orders/mailer"], await NamesAsync(silo));
    }

    [Fact]
    public async Task NewName_AsLongAsNamesMayBe_IsKeptAndOneLongerIsRefused()
    {
        var name = new string('a', 100);
        await using var silo = await StartAsync(events: 5);

        await silo.Reflex.GetCursors("orders").SetAsync(name, "1", Token);

        Assert.Equal([$"orders/{name}"], await NamesAsync(silo));
        Assert.Equal("1", await silo.Reflex.GetCursors("orders").GetAsync(name, Token));
        Assert.Throws<FormatException>(() => (ConsumerName)(name + "a"));
    }

    private static async Task<List<string>> NamesAsync(TestSilo silo) =>
        [.. (await silo.Reflex.ListConsumersAsync(Token)).Select(id => id.ToString())];

    private static async Task<TestSilo> StartLimitedAsync(int perStream, int inAll, TestData? data = null)
    {
        var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders").AddStream("payments"),
            data,
            options => (options.MaxOutsideConsumersPerStream, options.MaxOutsideConsumers) = (perStream, inAll));
        await ConsumerSilo.AppendAsync(silo, 5);
        return silo;
    }
}
