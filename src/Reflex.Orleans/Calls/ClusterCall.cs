using Orleans.Runtime.Messaging;
using Orleans.Serialization;
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

    // And where it could only send the call back to itself, whose directory still has what it has just given away.
    private const string ForwardingRefusal = "Forwarding failed";

    private const string GatewayRefusal = "' is shutting down.";

    // Of a library that Orleans places grains with, and that clients don't have.
    private const string PlacementTimeout = "Polly.Timeout.TimeoutRejectedException";

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
        var (refused, unsent) = (0, 0);
        while (true)
        {
            try
            {
                return await call().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OrleansException error) when (IsRefusal(error) ? ++refused <= MostRefusals : IsUnsent(error) && ++unsent <= MostUnsent)
            {
                await Task.Delay(RefusalPause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (FailureOf(error, what, cancellationToken) is { } failure)
            {
                throw failure;
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
    /// <param name="call">The call, already made.</param>
    /// <param name="what">What it does, for the error: "append to orders/3".</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<T> AnswerAsync<T>(this Task<T> call, Func<string> what, CancellationToken cancellationToken = default)
    {
        try
        {
            return await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FailureOf(error, what, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc cref="AnswerAsync{T}(Task{T}, Func{string}, CancellationToken)"/>
    public static async Task AnswerAsync(this Task call, Func<string> what, CancellationToken cancellationToken = default)
    {
        try
        {
            await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FailureOf(error, what, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>What the caller is told instead of an error of Orleans; null where it hears the error itself.</summary>
    private static ReflexException? FailureOf(Exception error, Func<string> what, CancellationToken cancellationToken) =>
        IsOfTheTransport(error, cancellationToken) ? new ClusterUnavailableException(what(), error)
        : error is UnavailableExceptionFallbackException unknown ? NewerFailureException.Of(unknown)
        : null;

    /// <summary>Whether the call has come to a silo that didn't make it.</summary>
    private static bool IsRefusal(OrleansException error) => error is OrleansMessageRejectionException
        && (error.Message.StartsWith(Refusal, StringComparison.Ordinal)
            || error.Message.StartsWith(ForwardingRefusal, StringComparison.Ordinal)

            // Of a gateway that has ended so far that it asks nobody any more where a grain is.
            || (error is SiloUnavailableException && error.Message.EndsWith(GatewayRefusal, StringComparison.Ordinal)));

    /// <summary>Whether a client had no connection to send the call by.</summary>
    private static bool IsUnsent(OrleansException error) => error is ConnectionFailedException;

    /// <remarks>
    /// A cancellation that isn't the caller's is a silo's, which ends or gave an activation up that took too long. What a grain's
    /// constructor, activation or method throws, and what can't be serialized, comes as it is: it doesn't pass by itself.
    /// </remarks>
    private static bool IsOfTheTransport(Exception error, CancellationToken cancellationToken) =>
        error is TimeoutException or OrleansException
        || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        || IsOfPlacement(error);

    /// <summary>Whether a silo found no place for the grain in time. It can't send that error, and says what it can't send.</summary>
    private static bool IsOfPlacement(Exception error) => error is CodecNotFoundException
        ? error.Message.Contains(PlacementTimeout, StringComparison.Ordinal)
        : error.GetType().FullName == PlacementTimeout;
}
