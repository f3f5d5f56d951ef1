using System.Runtime.ExceptionServices;
using Reflex.Streams;

namespace Reflex.Retries;

/// <summary>
/// Counts the failures in a row of one thing that is tried again, says how long to wait after each, and gives up in time. For whoever
/// carries calls: Reflex' own clients go by it too. Not thread-safe.
/// </summary>
/// <remarks>
/// A call is tried again only when its failure says of itself that it may pass. So whoever carries calls first makes errors of their own,
/// such as <see cref="ClusterUnavailableException"/>, of what their transport throws. A mistake in a program, a refusal and damage don't
/// pass, and end a call at once.
/// </remarks>
/// <param name="policy">How it is tried again.</param>
public sealed partial class Retry(RetryPolicy policy)
{
    private readonly RetryPolicy _policy = policy ?? throw new ArgumentNullException(nameof(policy));
    private long? _firstFailure;

    /// <summary>How many failures there were since the last progress.</summary>
    public int Failures { get; private set; }

    /// <summary>Whether a call that failed so may succeed when it is tried again.</summary>
    /// <param name="error">The failure.</param>
    /// <returns>True for a <see cref="ReflexException"/> that is transient and no end of a stream.</returns>
    public static bool MayPass(Exception error) => error is ReflexException { IsTransient: true } and not StreamEndException;

    /// <summary>Something has succeeded: the next failure is the first one in a row, and the wait after it the shortest.</summary>
    public void OnProgress()
    {
        Failures = 0;
        _firstFailure = null;
    }

    /// <summary>Counts a failure.</summary>
    /// <returns>How long to wait before the next try.</returns>
    public TimeSpan OnFailure()
    {
        Failures++;
        return _policy.Backoff.After(Failures, Random.Shared);
    }

    /// <summary>Counts the failure of a call and waits until it is to be tried again, or throws the failure.</summary>
    /// <param name="failure">Why the call failed.</param>
    /// <param name="what">What it does, for the log: "read orders/3".</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// A task that ends when it is time for the next try; with the failure itself if that can't pass, or if
    /// <see cref="RetryPolicy.GiveUpAfter"/> is over since the first one in a row.
    /// </returns>
    public async Task PauseAsync(Exception failure, Func<string> what, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(failure);
        ArgumentNullException.ThrowIfNull(what);
        _firstFailure ??= _policy.TimeProvider.GetTimestamp();
        if (!MayPass(failure) || _policy.TimeProvider.GetElapsedTime(_firstFailure.Value) >= _policy.GiveUpAfter)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        var pause = OnFailure();
        LogRepeated(_policy.Logger, what(), pause, failure);
        await Task.Delay(pause, _policy.TimeProvider, cancellationToken).ConfigureAwait(false);
    }
}
