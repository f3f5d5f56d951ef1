using Reflex.Consumers;
using Reflex.Retries;
using Reflex.Streams;

namespace Reflex.Orleans.Calls;

/// <summary>Calls of grains, whose transport's errors become Reflex's own.</summary>
internal static class ClusterCall
{
    /// <summary>
    /// Whether the same call may succeed when it is made again, as after a silo has ended. The end of a session, or of the stream that the
    /// call means, is another matter: whoever goes on after it makes another call.
    /// </summary>
    public static bool IsTransient(Exception error) =>
        Retry.MayPass(error) && error is not (SessionEndedException or StreamReplacedException);

    /// <summary>Waits for a call; cancelling ends the wait only.</summary>
    /// <param name="call">The call.</param>
    /// <param name="what">What it does, for the error: "append to orders/3".</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<T> AnswerAsync<T>(this Task<T> call, Func<string> what, CancellationToken cancellationToken = default)
    {
        try
        {
            return await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsOfTheTransport(error, cancellationToken))
        {
            throw new ClusterUnavailableException(what(), error);
        }
    }

    /// <inheritdoc cref="AnswerAsync{T}"/>
    public static async Task AnswerAsync(this Task call, Func<string> what, CancellationToken cancellationToken = default)
    {
        try
        {
            await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsOfTheTransport(error, cancellationToken))
        {
            throw new ClusterUnavailableException(what(), error);
        }
    }

    /// <remarks>
    /// A cancellation that isn't the caller's is a silo's, which ends or gave an activation up that took too long. What a grain's
    /// constructor, activation or method throws, and what can't be serialized, comes as it is: it doesn't pass by itself.
    /// </remarks>
    private static bool IsOfTheTransport(Exception error, CancellationToken cancellationToken) =>
        error is TimeoutException or OrleansException
        || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
