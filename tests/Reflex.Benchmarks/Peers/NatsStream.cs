using NATS.Client.JetStream;
using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>One JetStream stream with one subject.</summary>
internal sealed class NatsStream(string name, NatsJSContext jetStream) : IMeasuredStream
{
    // What the client asks for ahead; its default, 1,000, is slower.
    private const int MaxMessages = 10_000;

    public async Task AppendAsync(NewEvent e)
    {
        var ack = await jetStream.PublishAsync(name, Payload.Encode(e));
        ack.EnsureSuccess();
    }

    public Task AppendAsync(IReadOnlyList<NewEvent> events) => Task.WhenAll(events.Select(AppendAsync));

    public async Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken)
    {
        var consumer = await jetStream.CreateOrderedConsumerAsync(name, cancellationToken: cancellationToken);
        return Task.Run(() => ReadAsync(consumer, count, handle, cancellationToken), cancellationToken);
    }

    private static async Task ReadAsync(INatsJSConsumer consumer, long count, EventHandler handle, CancellationToken cancellationToken)
    {
        var options = new NatsJSConsumeOpts { MaxMsgs = MaxMessages };
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: options, cancellationToken: cancellationToken))
        {
            Payload.Decode(message.Data, handle);
            if (--count == 0)
            {
                return;
            }
        }
    }
}
