using Grpc.Core;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Grpc.Wire;

namespace Reflex.Grpc.Consumers;

/// <summary>A consumer of a cluster.</summary>
internal sealed class RemoteConsumerControl(ConsumerId id, Calls calls) : IConsumerControl
{
    private readonly V1.Consumers.ConsumersClient _client = new(calls.Invoker);

    private readonly CallContext _context = calls.Context($"call the consumer '{id}'", id.Stream, id.Name);

    public ConsumerId Id => id;

    private string Stream => id.Stream.Value;

    private string Consumer => id.Name.Value;

    public async Task<ConsumerStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        var request = new V1.GetConsumerRequest { Stream = Stream, Consumer = Consumer };
        var answer = await _client.GetConsumerAsync(request, calls.Options(cancellationToken))
            .AnswerAsync(_context, cancellationToken).ConfigureAwait(false);
        return new ConsumerStatus(id, [.. answer.Partitions.Select(ConsumerStatuses.Decode)]);
    }

    public Task StartAsync(CancellationToken cancellationToken) => AnswerAsync(
        _client.StartConsumerAsync(
            new V1.StartConsumerRequest { Stream = Stream, Consumer = Consumer }, calls.Options(cancellationToken)),
        cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => AnswerAsync(
        _client.StopConsumerAsync(
            new V1.StopConsumerRequest { Stream = Stream, Consumer = Consumer }, calls.Options(cancellationToken)),
        cancellationToken);

    public Task RetryAsync(CancellationToken cancellationToken) => AnswerAsync(
        _client.RetryConsumerAsync(
            new V1.RetryConsumerRequest { Stream = Stream, Consumer = Consumer }, calls.Options(cancellationToken)),
        cancellationToken);

    public Task SkipAsync(int partition, EventId eventId, CancellationToken cancellationToken) => AnswerAsync(
        _client.SkipEventAsync(
            new V1.SkipEventRequest { Stream = Stream, Consumer = Consumer, Partition = partition, EventId = eventId.Value },
            calls.Options(cancellationToken)),
        cancellationToken);

    public Task SetCursorAsync(Cursor cursor, CancellationToken cancellationToken) => AnswerAsync(
        _client.SetConsumerCursorAsync(
            new V1.SetConsumerCursorRequest { Stream = Stream, Consumer = Consumer, Cursor = cursor.ToString() },
            calls.Options(cancellationToken)),
        cancellationToken);

    public Task RemoveAsync(CancellationToken cancellationToken) => AnswerAsync(
        _client.RemoveConsumerAsync(
            new V1.RemoveConsumerRequest { Stream = Stream, Consumer = Consumer }, calls.Options(cancellationToken)),
        cancellationToken);

    private Task AnswerAsync<T>(AsyncUnaryCall<T> call, CancellationToken cancellationToken) =>
        call.AnswerAsync(_context, cancellationToken);
}
