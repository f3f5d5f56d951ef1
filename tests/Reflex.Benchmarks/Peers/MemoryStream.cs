using Orleans.Streams;
using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>One Orleans stream. Its reader gets what comes after it has subscribed.</summary>
internal sealed class MemoryStream(IAsyncStream<StreamedEvent> stream) : IMeasuredStream
{
    public Task AppendAsync(NewEvent e) => stream.OnNextAsync(StreamedEvent.Of(e));

    public Task AppendAsync(IReadOnlyList<NewEvent> events) => stream.OnNextBatchAsync(events.Select(e => StreamedEvent.Of(e)));

    public async Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscription = await stream.SubscribeAsync((e, _) =>
        {
            handle(e.Type, e.ForeignId, e.Metadata);
            if (--count == 0)
            {
                done.TrySetResult();
            }

            return Task.CompletedTask;
        });
        return EndAsync();

        async Task EndAsync()
        {
            await done.Task.WaitAsync(cancellationToken);
            await subscription.UnsubscribeAsync();
        }
    }
}
