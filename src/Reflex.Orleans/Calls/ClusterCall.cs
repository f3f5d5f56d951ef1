using Orleans.Runtime.Messaging;
using Reflex.Consumers;
using Reflex.Retries;
using Reflex.Streams;

namespace Reflex.Orleans.Calls;

/// <summary>Calls of grains, whose transport's errors become Reflex's own.</summary>
internal static class ClusterCall
{
    // What Orleans says to a call that has come to a silo whose grains have ended: the caller's silo remembers where a grain was, and hears
    // a moment later that it isn't there any more.
    private const string Refusal = "Silo stopping";

    private const string GatewayRefusal = "' is shutting down.";

    private const int MostRefusals = 100;

    // A client may know several gateways that have gone, and tries another one each time.
    private const int MostUnsent = 10;

    private static readonly TimeSpan RefusalPause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Whether the same call may succeed when it is made again, as after a silo has ended. The end of a session, or of the stream that the
    /// call means, is another matter: whoever goes on after it makes another call.
    /// </summary>
    public static bool IsTransient(Exception error) =>
        Retry.MayPass(error) && error is not (SessionEndedException or StreamReplacedException);

    /// <summary>
    /// Makes a call and waits for it; cancelling ends the wait only. One that a stopping silo has refused, or that found no gateway there,
    /// is made again, whatever it does, until its caller cancels: nothing has come of it.
    /// </summary>
    /// <param name="call">Makes the call.</param>
    /// <param name="what">What it does, for the error: "append to orders/3".</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<T> AnswerAsync<T>(Func<Task<T>> call, Func<string> what, CancellationToken cancellationToken = default)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await call().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OrleansException error) when (tries <= MostRepeatsAfter(error))
            {
                await Task.Delay(RefusalPause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (IsOfTheTransport(error, cancellationToken))
            {
                throw new ClusterUnavailableException(what(), error);
            }
        }
    }

    /// <inheritdoc cref="AnswerAsync{T}(Func{Task{T}}, Func{string}, CancellationToken)"/>
    public static Task AnswerAsync(Func<Task> call, Func<string> what, CancellationToken cancellationToken = default) => AnswerAsync(
        async () =>
        {
            await call().ConfigureAwait(false);
            return true;
        },
        what,
        cancellationToken);

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

    /// <inheritdoc cref="AnswerAsync{T}(Task{T}, Func{string}, CancellationToken)"/>
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

    /// <summary>How often a call may be repeated that has failed so, since surely nothing has come of it.</summary>
    private static int MostRepeatsAfter(OrleansException error) => error switch
    {
        OrleansMessageRejectionException when error.Message.StartsWith(Refusal, StringComparison.Ordinal) => MostRefusals,

        // Of a gateway that has ended so far that it asks nobody any more where a grain is.
        SiloUnavailableException when error.Message.EndsWith(GatewayRefusal, StringComparison.Ordinal) => MostRefusals,

        // Of a client, that had no connection to send it by.
        ConnectionFailedException => MostUnsent,
        _ => 0,
    };

    /// <remarks>
    /// A cancellation that isn't the caller's is a silo's, which ends or gave an activation up that took too long. What a grain's
    /// constructor, activation or method throws, and what can't be serialized, comes as it is: it doesn't pass by itself.
    /// </remarks>
    private static bool IsOfTheTransport(Exception error, CancellationToken cancellationToken) =>
        error is TimeoutException or OrleansException
        || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
