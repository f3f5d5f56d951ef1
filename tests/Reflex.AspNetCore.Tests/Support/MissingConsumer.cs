using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.AspNetCore.Tests.Support;

internal sealed class MissingConsumer(ConsumerId id, IReadOnlyCollection<ConsumerId> known) : IConsumerControl
{
    public ConsumerId Id => id;

    private ConsumerNotFoundException NotFound => new(id, known);

    public Task<ConsumerStatus> GetStatusAsync(CancellationToken cancellationToken = default) => throw NotFound;

    public Task StartAsync(CancellationToken cancellationToken = default) => throw NotFound;

    public Task StopAsync(CancellationToken cancellationToken = default) => throw NotFound;

    public Task RetryAsync(CancellationToken cancellationToken = default) => throw NotFound;

    public Task SkipAsync(int partition, EventId eventId, CancellationToken cancellationToken = default) => throw NotFound;

    public Task SetCursorAsync(Cursor cursor, CancellationToken cancellationToken = default) => throw NotFound;
}
