using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;

namespace Reflex.Orleans.Tests.Consumers;

/// <summary>A consumer with work to do that doesn't move, since its partition doesn't read.</summary>
public sealed class StandingConsumerTests
{
    private const string StoodStill = "stood still";

    [Fact]
    public async Task EnsureRunningAsync_AgainWithinTheInterval_SaysNothingAndOnceItIsOverStartsTheConsumerAgain()
    {
        var data = new TestData();
        await using (var first = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"), data))
        {
            await ConsumerSilo.AppendAsync(first, 10);
        }

        var gate = new TaskCompletionSource();
        var storage = new FaultyProvider(data.Logs) { ReadGate = gate.Task };
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var seen = new Seen();
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders").AddConsumer<SeeingConsumer>("printer", "orders"),
            data,
            services: services =>
            {
                services.AddSingleton(seen);
                services.AddSingleton<IEventLogProvider>(storage);
                services.AddKeyedSingleton<TimeProvider>(ReflexClock.Name, time);
            });
        var grain = silo.Grains.GetGrain<IConsumerGrain>(GrainId.Create("reflex.consumer", "orders/0/printer"));

        for (var i = 0; i < 3; i++)
        {
            await grain.EnsureRunningAsync(EnsureRunningRequest.Instance);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.DoesNotContain(silo.Logs.GetSnapshot(), log => log.Message.Contains(StoodStill, StringComparison.Ordinal));
        time.Advance(TimeSpan.FromMinutes(1));
        var look = grain.EnsureRunningAsync(EnsureRunningRequest.Instance);
        await Asking.UntilAsync(
            () => Task.FromResult(silo.Logs.GetSnapshot()),
            logs => logs.Any(log => log.Message.Contains(StoodStill, StringComparison.Ordinal)));
        gate.SetResult();
        await look;
        await seen.ReachesAsync(10);
    }
}
