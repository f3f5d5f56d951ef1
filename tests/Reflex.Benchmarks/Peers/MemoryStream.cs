using Orleans.Streams;
using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>One Orleans stream. Its reader gets what comes after it has subscribed.</summary>
internal sealed class MemoryStream(IAsyncStream<StreamedEvent> stream) : IMeasuredStream
{
    public Task AppendAsync(NewEvent e)
    {
        var streamed = StreamedEvent.Of(e);
        return PersistAsync(() => stream.OnNextAsync(streamed));
    }

    public Task AppendAsync(IReadOnlyList<NewEvent> events)
    {
        var streamed = events.Select(e => StreamedEvent.Of(e)).ToList();
        return PersistAsync(() => stream.OnNextBatchAsync(streamed));
    }

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

    /// <summary>Asks again while the provider's queue is full, which it says with this exception and nothing more precise.</summary>
    private static async Task PersistAsync(Func<Task> append)
    {
        while (true)
        {
            try
            {
                await append();
                return;
            }
            catch (InvalidOperationException)
            {
                await Task.Yield();
            }
        }
    }
}
