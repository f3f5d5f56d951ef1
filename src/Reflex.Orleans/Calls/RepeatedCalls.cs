using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.Retries;
using Reflex.Streams;

namespace Reflex.Orleans.Calls;

/// <summary>Calls of grains that may be repeated. One that dies with its silo is asked again.</summary>
/// <param name="options">For how long it is asked again.</param>
/// <param name="timeProvider">The clock for waits.</param>
/// <param name="logger">Where failing calls are told.</param>
/// <param name="losses">Tells when a call may be lost.</param>
/// <param name="drain">The silo's stopping; null in a client.</param>
internal sealed class RepeatedCalls(
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<RepeatedCalls> logger,
    CallLosses losses,
    SiloDrain? drain = null)
{
    // A silo is told when a call may be lost, but for one that two others lose between them. A client knows less, of connections between
    // silos: it waits shorter, and then asks again.
    public static readonly TimeSpan ClientWait = TimeSpan.FromSeconds(4);
    public static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan SiloWait = TimeSpan.FromMinutes(1);

    // What was on a dead silo is elsewhere within seconds; a longer pause would be what its readers wait for.
    private static readonly Backoff RetryBackoff = new() { Longest = TimeSpan.FromSeconds(2) };

    /// <summary>How long a call may ask a grain to wait.</summary>
    public TimeSpan LongestWait => drain is null ? ClientWait : SiloWait;

    /// <summary>Calls, again and again while it fails in a way that may pass, for as long as the options say.</summary>
    /// <param name="call">Makes the call.</param>
    /// <param name="stream">What it is about, for the error of a stopping silo.</param>
    /// <param name="what">What it does, for the error: "read orders/3".</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<T> AnswerAsync<T>(Func<Task<T>> call, StreamName stream, Func<string> what, CancellationToken cancellationToken) =>
        RetryAsync(
            () => WithTimeout(losses.AnswerAsync(call)).AnswerAsync(what, cancellationToken), stream, what, cancellationToken);

    /// <summary>Makes a call that waits in the grain, as <see cref="AnswerAsync"/> does, and at once again when it may be lost.</summary>
    /// <param name="call">Makes the call; its token is cancelled when nobody waits for the answer any more.</param>
    /// <param name="stream">What it is about, for the error of a stopping silo.</param>
    /// <param name="what">What it does, for the error: "read orders/3".</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<T> WaitAsync<T>(
        Func<CancellationToken, Task<T>> call, StreamName stream, Func<string> what, CancellationToken cancellationToken) =>
        CallAsync(call, options.Value.ReadRetryTimeout, stream, what, cancellationToken);

    /// <summary>Calls, again and again, also while it fails in a way that may pass, until it fails in another.</summary>
    /// <inheritdoc cref="WaitAsync{T}"/>
    public async Task RepeatAsync(
        Func<CancellationToken, Task> call, StreamName stream, Func<string> what, CancellationToken cancellationToken)
    {
        while (true)
        {
            await CallAsync(token => AsValueAsync(call(token)), giveUpAfter: null, stream, what, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<T> RetryAsync<T>(Func<Task<T>> ask, StreamName stream, Func<string> what, CancellationToken cancellationToken)
    {
        Retry? retry = null;
        while (true)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (Exception error) when (ClusterCall.IsTransient(error) && !cancellationToken.IsCancellationRequested)
            {
                ThrowIfStopping(stream);
                retry ??= new Retry(PolicyFor(options.Value.ReadRetryTimeout));
                await retry.PauseAsync(error, what, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <remarks>One loop for both reasons to call again: every page passes here, and each task around it takes its time.</remarks>
    private async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call,
        TimeSpan? giveUpAfter,
        StreamName stream,
        Func<string> what,
        CancellationToken cancellationToken)
    {
        Retry? retry = null;
        while (true)
        {
            var lost = losses.Next;
            using var ending = lost.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(lost, cancellationToken) : null;
            var token = ending?.Token ?? cancellationToken;
            try
            {
                return await WithTimeout(call(token)).AnswerAsync(what, token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                ThrowIfStopping(stream);
            }
            catch (Exception error) when (ClusterCall.IsTransient(error) && !cancellationToken.IsCancellationRequested)
            {
                ThrowIfStopping(stream);
                retry ??= new Retry(PolicyFor(giveUpAfter));
                await retry.PauseAsync(error, what, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private RetryPolicy PolicyFor(TimeSpan? giveUpAfter) =>
        new() { Backoff = RetryBackoff, GiveUpAfter = giveUpAfter, TimeProvider = timeProvider, Logger = logger };

    private void ThrowIfStopping(StreamName stream)
    {
        if (drain is { Stopping.IsCancellationRequested: true })
        {
            throw new StreamStoppedException(stream);
        }
    }

    private Task<T> WithTimeout<T>(Task<T> call) => drain is null ? call.WaitAsync(ClientTimeout, timeProvider) : call;

    private static async Task<bool> AsValueAsync(Task call)
    {
        await call.ConfigureAwait(false);
        return true;
    }
}
