using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Tests.Consumers;

public sealed class ConsumerStatusTests
{
    [Fact]
    public void State_OfSeveralParts_IsTheWorst()
    {
        Assert.Equal(ConsumerState.Running, Status().State);
        Assert.Equal(ConsumerState.Running, Status(ConsumerState.Running, ConsumerState.Running).State);
        Assert.Equal(ConsumerState.Stopped, Status(ConsumerState.Running, ConsumerState.Stopped).State);
        Assert.Equal(ConsumerState.Stuck, Status(ConsumerState.Stopped, ConsumerState.Stuck, ConsumerState.Running).State);
    }

    [Fact]
    public void Lag_OfSeveralParts_IsTheLongestInTimeAndTheSumInEvents()
    {
        var status = Status(ConsumerState.Running, ConsumerState.Running, ConsumerState.Running);
        Assert.Equal((TimeSpan.FromSeconds(2), 3), (status.Lag, status.LagEvents));
        Assert.Equal((TimeSpan.Zero, 0), (Status().Lag, Status().LagEvents));
    }

    private static ConsumerStatus Status(params ConsumerState[] states) => new(
        new ConsumerId("orders", "mailer"),
        [.. states.Select((state, i) => new ConsumerPartitionStatus(i, state, null, null, new EventId(i), i, TimeSpan.FromSeconds(i)))]);
}
