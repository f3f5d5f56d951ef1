using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex.AspNetCore.Access;

/// <summary>Takes out of errors that list what there is the names that their caller may not see.</summary>
internal sealed class KnownNames(IReflexClient client, AccessGuard guard)
{
    /// <summary>The error to answer with.</summary>
    /// <param name="context">The request, whose caller is known.</param>
    /// <param name="error">What failed.</param>
    /// <returns>The same error; while access is on, another one in place of one with names.</returns>
    public async Task<Exception> NarrowAsync(HttpContext context, Exception error) => error switch
    {
        StreamNotFoundException e when guard.IsOn => await NarrowStreamsAsync(context, e),
        ConsumerNotFoundException e when guard.IsOn => await NarrowConsumersAsync(context, e),
        _ => error,
    };

    private async Task<StreamNotFoundException> NarrowStreamsAsync(HttpContext context, StreamNotFoundException error)
    {
        var isVisible = await guard.FilterAsync(context, StreamOperations.Any);
        var streams = await client.ListStreamsAsync(context.RequestAborted);
        return new StreamNotFoundException(error.Stream, [.. streams.Select(stream => stream.Name).Where(isVisible)]);
    }

    private async Task<ConsumerNotFoundException> NarrowConsumersAsync(HttpContext context, ConsumerNotFoundException error)
    {
        var isVisible = await guard.FilterAsync(context, StreamOperations.Consume | StreamOperations.Administer);
        var consumers = await client.ListConsumersAsync(context.RequestAborted);
        return new ConsumerNotFoundException(error.Consumer, [.. consumers.Where(consumer => isVisible(consumer.Stream))]);
    }
}
