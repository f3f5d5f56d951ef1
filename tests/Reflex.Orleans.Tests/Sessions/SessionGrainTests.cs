using Reflex.Consumers;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Sessions;
using Reflex.Streams;
using static Reflex.Orleans.Tests.Support.SessionSilo;

namespace Reflex.Orleans.Tests.Sessions;

public sealed class SessionGrainTests
{
    private static readonly ConsumerKey Key = new(new PartitionId("orders", 0), "mailer");

    [Fact]
    public async Task Acknowledge_ToALaterActivation_IsForTheSessionThatWasStored()
    {
        // A flush window that doesn't end here: what is stored, the end of the activation has stored.
        await using var silo = await StartAsync(events: 5, options: o => o.CursorFlushWindow = TimeSpan.FromSeconds(10));
        var grain = silo.Grains.GetGrain<ISessionGrain>(Key.ToString());
        var (older, newer) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Null(await grain.OpenAsync(older));
        Assert.Null(await grain.OpenAsync(newer));
        await grain.AcknowledgeAsync(newer, 2);

        await silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);

        Assert.Equal(2, await grain.GetCursorAsync());
        await Assert.ThrowsAsync<ConsumerReplacedException>(() => grain.AcknowledgeAsync(older, 3));
        await grain.AcknowledgeAsync(newer, 3);
        Assert.Equal(3, await grain.OpenAsync(newer));
        await grain.AcknowledgeAsync(newer, 4);
        Assert.Equal(4, await grain.GetCursorAsync());
    }

    [Fact]
    public async Task WaitUntilEnded_OfASessionThatGoesOn_EndsAfterTheWait()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ISessionGrain>(Key.ToString());
        var session = Guid.NewGuid();
        await grain.OpenAsync(session);

        await grain.WaitUntilEndedAsync(session, TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ConsumerReplacedException>(
            () => grain.WaitUntilEndedAsync(Guid.NewGuid(), TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken));
    }
}
