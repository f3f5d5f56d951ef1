using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A consumer that does what it is told and remembers it.</summary>
internal sealed class FakeConsumer(ConsumerId id) : IConsumerControl
{
    public ConsumerId Id => id;

    public List<string> Calls { get; } = [];

    public IReadOnlyList<ConsumerPartitionStatus> Partitions { get; set; } = [];

    public Exception? FailControls { get; set; }

    public Exception? FailStatus { get; set; }

    /// <summary>What its status waits for.</summary>
    public Task BeforeStatus { get; set; } = Task.CompletedTask;

    public async Task<ConsumerStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        await BeforeStatus;
        return FailStatus is { } error ? throw error : new ConsumerStatus(id, Partitions);
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Record("start");

    public Task StopAsync(CancellationToken cancellationToken = default) => Record("stop");

    public Task RetryAsync(CancellationToken cancellationToken = default) => Record("retry");

    public Task SkipAsync(int partition, EventId eventId, CancellationToken cancellationToken = default) =>
        Record($"skip {partition}/{eventId}");

    public Task SetCursorAsync(Cursor cursor, CancellationToken cancellationToken = default) => Record($"cursor '{cursor}'");

    public Task RemoveAsync(CancellationToken cancellationToken = default) => Record("remove");

    private Task Record(string call)
    {
        Calls.Add(call);
        return FailControls is { } error ? Task.FromException(error) : Task.CompletedTask;
    }
}
