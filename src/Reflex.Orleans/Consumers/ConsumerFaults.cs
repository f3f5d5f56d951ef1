using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Retries;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Consumers;

/// <summary>What a consumer is stuck on, and the pauses between its attempts. Used in its grain's context only.</summary>
internal sealed partial class ConsumerFaults(ConsumerKey key, ConsumerCursor cursor, ConsumerContext context)
{
    private readonly Retry _retry = new(new RetryPolicy { Backoff = context.Options.RetryBackoff });
    private TaskCompletionSource _now = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConsumerFault? _fault;
    private CursorPlace? _cursorAtFailure;

    /// <summary>Why it is stuck; null as soon as it has moved on.</summary>
    public ConsumerFault? Current => cursor.Value == _cursorAtFailure ? _fault : null;

    public void Forget() => _fault = null;

    /// <summary>Ends the pause after a failure.</summary>
    public void Retry()
    {
        if (Current is not null)
        {
            _now.TrySetResult();
        }
    }

    /// <summary>Notes a failure, and ends when the next attempt may begin, or is to stop.</summary>
    /// <param name="error">What failed.</param>
    /// <param name="failedEvent">The event that it failed on; null if it was none.</param>
    /// <param name="ran">How long the attempt took.</param>
    /// <param name="stopping">Ends the pause, without an exception.</param>
    public async Task PauseAsync(Exception error, EventId? failedEvent, TimeSpan ran, CancellationToken stopping)
    {
        if (cursor.Value != _cursorAtFailure || ran > context.Options.RetryBackoff.Longest)
        {
            _retry.OnProgress();
        }

        var pause = _retry.OnFailure();
        _cursorAtFailure = cursor.Value;
        var now = context.TimeProvider.GetUtcNow();
        _fault = new ConsumerFault(
            $"{error.GetType().FullName}: {(error as ReflexException)?.ClientMessage ?? error.Message}",
            failedEvent,
            _retry.Failures,
            _retry.Failures > 1 && _fault is { } earlier ? earlier.Since : now,
            now + pause);
        LogStuck(context.Logger, key, failedEvent, _retry.Failures, pause, error);
        try
        {
            await _now.Task.WaitAsync(pause, context.TimeProvider, stopping);
        }
        catch (TimeoutException)
        {
            // The pause is over.
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The run's loop ends.
        }

        _now = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(
        LogLevel.Error,
        "The consumer {Consumer} is stuck on event {Event} after {Attempts} attempts; it tries again in {Pause}.")]
    private static partial void LogStuck(
        ILogger logger, ConsumerKey consumer, EventId? @event, int attempts, TimeSpan pause, Exception error);
}
