using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Grpc.Errors;
using Reflex.Streams;

namespace Reflex.Grpc.Cursors;

/// <summary>Cursors that a cluster keeps. Each set is a call, and durable when it ends.</summary>
internal sealed class RemoteCursorStore(StreamName stream, int? partition, Calls calls) : ICursorStore
{
    private readonly V1.Cursors.CursorsClient _client = new(calls.Invoker);

    public async ValueTask<Cursor> GetAsync(ConsumerName consumer, CancellationToken cancellationToken)
    {
        var request = new V1.GetCursorRequest { Stream = stream.Value, Consumer = consumer.Value };
        if (partition is { } one)
        {
            request.Partition = one;
        }

        var answer = await _client.GetCursorAsync(request, calls.Options(cancellationToken))
            .AnswerAsync(ContextOf("get", consumer), cancellationToken).ConfigureAwait(false);
        return RemoteCall.ParseCursor(answer.Cursor);
    }

    public async ValueTask SetAsync(ConsumerName consumer, Cursor cursor, CancellationToken cancellationToken)
    {
        var request = new V1.SetCursorRequest { Stream = stream.Value, Consumer = consumer.Value, Cursor = cursor.ToString() };
        if (partition is { } one)
        {
            request.Partition = one;
        }

        await _client.SetCursorAsync(request, calls.Options(cancellationToken))
            .AnswerAsync(ContextOf("set", consumer), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private CallContext ContextOf(string verb, ConsumerName consumer) =>
        calls.Context($"{verb} the cursor of the consumer '{new ConsumerId(stream, consumer)}'", stream, consumer);
}
