using Reflex.Consumers;
using Reflex.Events;
using Reflex.Tests.Support;

namespace Reflex.Tests.Consumers;

public sealed class EventConsumerExtensionsTests
{
    [Fact]
    public async Task OfOneThatWantsToKnow_CallsIt()
    {
        var consumer = new TestConsumer();
        await consumer.ResetIfWantedAsync(CancellationToken.None);
        await consumer.StopIfWantedAsync(CancellationToken.None);
        Assert.Equal(["reset", "stop"], consumer.Journal);
    }

    [Fact]
    public async Task OfOneThatWantsToKnow_FailsAsItDoes()
    {
        var error = new InvalidOperationException("Simulated.");
        var consumer = new TestConsumer { OnReset = () => throw error, OnStop = () => Task.FromException(error) };
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => consumer.ResetIfWantedAsync(CancellationToken.None)));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => consumer.StopIfWantedAsync(CancellationToken.None)));
    }

    /// <summary>As of a hosted service, whose methods have the same names and mean the application.</summary>
    [Fact]
    public async Task OfOneWithMethodsOfTheSameNameOnly_CallsNothing()
    {
        IEventConsumer consumer = new HostedConsumer();
        await consumer.ResetIfWantedAsync(CancellationToken.None);
        await consumer.StopIfWantedAsync(CancellationToken.None);
    }

    private sealed class HostedConsumer : IEventConsumer
    {
        public Task ConsumeAsync(Event e, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task ResetAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("Reset.");

        public Task StopAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("Stopped.");
    }
}
