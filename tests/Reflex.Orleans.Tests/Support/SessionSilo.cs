using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Catalog;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A silo with a stream <c>orders</c>, whose consumer <c>mailer</c> runs outside.</summary>
internal static class SessionSilo
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestSilo> StartAsync(
        int events = 0,
        int partitions = 1,
        TestData? data = null,
        Action<ReflexOptions>? options = null,
        IGrainStorage? storage = null,
        GrainCalls? calls = null)
    {
        var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders", partitions),
            data,
            options,
            services =>
            {
                if (storage is not null)
                {
                    services.AddKeyedSingleton(ReflexStorageNames.GrainStorage, storage);
                }

                if (calls is not null)
                {
                    services.AddSingleton<IIncomingGrainCallFilter>(calls);
                }
            });
        if (events > 0)
        {
            await ConsumerSilo.AppendAsync(silo, events);
        }

        return silo;
    }

    public static Task<IConsumerSession> OpenAsync(TestSilo silo, int? partition = null) =>
        silo.Reflex.OpenSessionAsync("orders", partition, "mailer", Token);

    public static IConsumerControl Control(TestSilo silo) => silo.Reflex.GetConsumer("orders", "mailer");

    /// <summary>Has the cluster keep the consumer's name, as an opening of its session does.</summary>
    public static Task RegisterAsync(TestSilo silo) =>
        silo.Grains.GetGrain<ICatalogGrain>(0).RegisterConsumerAsync(new RegisterConsumerRequest("orders", "mailer"));

    /// <summary>The cursor as another reader sees it.</summary>
    public static async Task<Cursor> CursorAsync(TestSilo silo, int? partition = null) =>
        await silo.Reflex.GetCursors("orders", partition).GetAsync("mailer", Token);
}
