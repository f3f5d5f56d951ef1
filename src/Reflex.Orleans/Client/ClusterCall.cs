using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>Calls of grains, whose transport's errors become Reflex's own.</summary>
internal static class ClusterCall
{
    /// <summary>Whether a failure may pass by itself, such as that of a silo that ends.</summary>
    public static bool IsTransient(Exception error) =>
        error is ReflexException { IsTransient: true } and not StreamEndException and not SessionEndedException;

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
        catch (Exception error) when (IsOfTheTransport(error))
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
        catch (Exception error) when (IsOfTheTransport(error))
        {
            throw new ClusterUnavailableException(what(), error);
        }
    }

    private static bool IsOfTheTransport(Exception error) => error is TimeoutException or OrleansException;
}
