namespace Reflex.Grpc.Streams;

/// <summary>Counts the failures of one reading in a row, pauses after each, and gives up in time.</summary>
internal sealed partial class Resumption(string what, ReflexGrpcClientOptions options)
{
    private long _opened = options.TimeProvider.GetTimestamp();
    private long? _firstFailure;
    private int _failures;

    public void OnOpening() => _opened = options.TimeProvider.GetTimestamp();

    public void OnEvents()
    {
        _firstFailure = null;
        _failures = 0;
    }

    /// <summary>Waits until the reading may be resumed; throws the failure when that was tried for long enough.</summary>
    /// <param name="failure">Why it ended.</param>
    /// <param name="wasAnswered">Whether the server had begun to answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task PauseAsync(ReflexException failure, bool wasAnswered, CancellationToken cancellationToken)
    {
        // A stream that stood for a while without an event was no failure, even if it breaks in the end.
        var lasted = options.TimeProvider.GetElapsedTime(_opened);
        if ((wasAnswered && lasted >= options.RetryBackoff.Longest) || lasted >= options.ReadRetryTimeout)
        {
            OnEvents();
        }

        _firstFailure ??= options.TimeProvider.GetTimestamp();
        if (options.TimeProvider.GetElapsedTime(_firstFailure.Value) >= options.ReadRetryTimeout)
        {
            throw failure;
        }

        var pause = options.RetryBackoff.After(++_failures, Random.Shared);
        LogResuming(options.Logger, what, pause, failure);
        await Task.Delay(pause, options.TimeProvider, cancellationToken).ConfigureAwait(false);
    }
}
