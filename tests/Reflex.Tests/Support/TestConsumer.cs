using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Tests.Support;

/// <summary>A consumer that writes down what happens to it, and does what a test says.</summary>
internal sealed class TestConsumer(List<string>? journal = null) : IResettableConsumer, IStoppableConsumer
{
    public List<string> Journal { get; } = journal ?? [];

    public Func<Event, CancellationToken, Task>? OnConsume { get; set; }

    public Func<Task>? OnReset { get; set; }

    public Func<Task>? OnStop { get; set; }

    public Task ResetAsync(CancellationToken cancellationToken)
    {
        Journal.Add("reset");
        return OnReset?.Invoke() ?? Task.CompletedTask;
    }

    public Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        Journal.Add($"consume {e.Id}");
        return OnConsume?.Invoke(e, cancellationToken) ?? Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Assert.False(cancellationToken.IsCancellationRequested);
        Journal.Add("stop");
        return OnStop?.Invoke() ?? Task.CompletedTask;
    }
}
