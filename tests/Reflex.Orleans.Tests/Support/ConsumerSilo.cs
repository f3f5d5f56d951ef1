using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A silo with a stream <c>orders</c> and a consumer <c>printer</c> that notes what it sees.</summary>
internal static class ConsumerSilo
{
    public static Task<TestSilo> StartAsync(
        Seen seen,
        int partitions = 1,
        TestData? data = null,
        Action<ReflexOptions>? options = null,
        Func<ConsumerOptions, ConsumerOptions>? configure = null,
        IGrainStorage? storage = null) =>
        TestSilo.StartAsync(
            reflex => reflex.AddStream("orders", partitions).AddConsumer<SeeingConsumer>("printer", "orders", configure),
            data,
            options,
            services =>
            {
                services.AddSingleton(seen);
                if (storage is not null)
                {
                    services.AddKeyedSingleton(ReflexStorageNames.GrainStorage, storage);
                }
            });

    public static IConsumerControl Control(TestSilo silo) => silo.Reflex.GetConsumer("orders", "printer");

    public static Task AppendAsync(TestSilo silo, int count) =>
        silo.Reflex.GetStream("orders").AppendAsync(
            Enumerable.Range(0, count).Select(i => new NewEvent(i, $"entity-{i}")).ToArray(), TestContext.Current.CancellationToken);
}
