using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex.AspNetCore.Access;

/// <summary>Takes out of errors that tell what there is the names that their caller may not see.</summary>
internal sealed class KnownNames(AccessGuard guard)
{
    /// <summary>The error to answer with.</summary>
    /// <param name="context">The request, whose caller is known.</param>
    /// <param name="error">What failed.</param>
    /// <returns>The same error; while access is on, another one in place of one with names.</returns>
    public async Task<Exception> NarrowAsync(HttpContext context, Exception error)
    {
        switch (error)
        {
            case StreamNotFoundException e when guard.IsOn:
                return e.WithOnly(await guard.FilterAsync(context, StreamOperations.Any));
            case ConsumerNotFoundException e when guard.IsOn:
                var isVisible = await guard.FilterAsync(context, StreamOperations.Consume | StreamOperations.Administer);
                return e.WithOnly(consumer => isVisible(consumer.Stream));
            default:
                return error;
        }
    }
}
