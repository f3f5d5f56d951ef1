using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Sessions;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;
using static Reflex.Orleans.Tests.Support.SessionSilo;

namespace Reflex.Orleans.Tests.Sessions;

public sealed class SessionGrainTests
{
    private static readonly ConsumerKey Key = new(new PartitionId("orders", 0), "mailer");

    /// <summary>A storage may become an older one, whose head is lower.</summary>
    [Fact]
    public async Task Acknowledge_UpToAHeadThatIsKnown_AsksAgainAfterAWhile()
    {
        var calls = new GrainCalls();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders"),
            services: services => services
                .AddSingleton<IIncomingGrainCallFilter>(calls).AddKeyedSingleton<TimeProvider>(ReflexClock.Name, time));
        await ConsumerSilo.AppendAsync(silo, 5);
        await RegisterAsync(silo);
        var grain = silo.Grains.GetGrain<ISessionGrain>(Key.ToString());
        var session = Guid.NewGuid();
        await grain.OpenAsync(new OpenRequest(session));

        Assert.Equal(1, await AskedAsync(3));
        Assert.Equal(0, await AskedAsync(4));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, await AskedAsync(4));

        async Task<int> AskedAsync(long handled)
        {
            var before = calls.CountOf("GetBoundsAsync");
            await grain.AcknowledgeAsync(new AcknowledgeRequest(session, handled, Epoch: 0));
            return calls.CountOf("GetBoundsAsync") - before;
        }
    }

    [Fact]
    public async Task Acknowledge_ToALaterActivation_IsForTheSessionThatWasStored()
    {
        // A flush window that doesn't end here: what is stored, the end of the activation has stored.
        await using var silo = await StartAsync(events: 5, options: o => o.CursorFlushWindow = TimeSpan.FromSeconds(10));
        await RegisterAsync(silo);
        var grain = silo.Grains.GetGrain<ISessionGrain>(Key.ToString());
        var (older, newer) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Null((await grain.OpenAsync(new OpenRequest(older))).Cursor);
        Assert.Null((await grain.OpenAsync(new OpenRequest(newer))).Cursor);
        await grain.AcknowledgeAsync(new AcknowledgeRequest(newer, 2, Epoch: 0));

        await silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);

        Assert.Equal(2, (await grain.GetCursorAsync(GetCursorRequest.Instance)).Cursor);
        await Assert.ThrowsAsync<ConsumerReplacedException>(() => grain.AcknowledgeAsync(new AcknowledgeRequest(older, 3, Epoch: 0)));
        await grain.AcknowledgeAsync(new AcknowledgeRequest(newer, 3, Epoch: 0));
        Assert.Equal(3, (await grain.OpenAsync(new OpenRequest(newer))).Cursor);
        await grain.AcknowledgeAsync(new AcknowledgeRequest(newer, 4, Epoch: 0));
        Assert.Equal(4, (await grain.GetCursorAsync(GetCursorRequest.Instance)).Cursor);
    }

    [Fact]
    public async Task WaitUntilEnded_OfASessionThatGoesOn_EndsAfterTheWait()
    {
        await using var silo = await StartAsync();
        await RegisterAsync(silo);
        var grain = silo.Grains.GetGrain<ISessionGrain>(Key.ToString());
        var session = Guid.NewGuid();
        await grain.OpenAsync(new OpenRequest(session));

        await WaitUntilEndedAsync(session);

        await Assert.ThrowsAsync<ConsumerReplacedException>(() => WaitUntilEndedAsync(Guid.NewGuid()));

        Task WaitUntilEndedAsync(Guid id) => grain.WaitUntilEndedAsync(
            new WaitUntilEndedRequest(id, TimeSpan.FromMilliseconds(1)), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Open_ThatCantBeStored_LeavesTheConsumerToItsSession()
    {
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(events: 5, storage: storage);
        await RegisterAsync(silo);
        var grain = silo.Grains.GetGrain<ISessionGrain>(Key.ToString());
        var (older, newer) = (Guid.NewGuid(), Guid.NewGuid());
        await grain.OpenAsync(new OpenRequest(older));
        storage.BeforeWrite = () => throw new IOException("disk full");

        var error = await Assert.ThrowsAsync<CursorStoreException>(() => grain.OpenAsync(new OpenRequest(newer)));

        Assert.Contains("disk full", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        storage.BeforeWrite = () => Task.CompletedTask;
        await grain.AcknowledgeAsync(new AcknowledgeRequest(older, 2, Epoch: 0));
        await grain.FlushAsync(FlushRequest.Instance);
        await Assert.ThrowsAsync<ConsumerReplacedException>(() => grain.AcknowledgeAsync(new AcknowledgeRequest(newer, 3, Epoch: 0)));
    }

    [Fact]
    public async Task Open_WhoseStoringFailedAfterAll_IsFoundByTheNextActivation()
    {
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(events: 5, storage: storage);
        await RegisterAsync(silo);
        var grain = silo.Grains.GetGrain<ISessionGrain>(Key.ToString());
        var (older, newer) = (Guid.NewGuid(), Guid.NewGuid());
        await grain.OpenAsync(new OpenRequest(older));
        storage.AfterWrite = () => throw new IOException("connection lost");
        await Assert.ThrowsAsync<CursorStoreException>(() => grain.OpenAsync(new OpenRequest(newer)));
        storage.AfterWrite = () => Task.CompletedTask;

        // The version shows that it was stored: this activation ends, and the next one knows the newer session.
        await Assert.ThrowsAsync<CursorStoreException>(() => grain.OpenAsync(new OpenRequest(newer)));

        Assert.Null((await grain.OpenAsync(new OpenRequest(newer))).Cursor);
        await grain.AcknowledgeAsync(new AcknowledgeRequest(newer, 3, Epoch: 0));
        await Assert.ThrowsAsync<ConsumerReplacedException>(() => grain.AcknowledgeAsync(new AcknowledgeRequest(older, 2, Epoch: 0)));
    }

    [Fact]
    public async Task OpenSessionAsync_WhileTheStorageFails_IsRepeated()
    {
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(events: 5, storage: storage);
        var failures = 0;
        await using (var first = await OpenAsync(silo))
        {
            storage.BeforeWrite = () => ++failures <= 2 ? throw new IOException("disk full") : Task.CompletedTask;
            await using var second = await OpenAsync(silo);
            await second.AcknowledgeAsync("2", TestContext.Current.CancellationToken);
        }

        Assert.True(failures > 2);
        Assert.Equal("2", await CursorAsync(silo));
    }
}
