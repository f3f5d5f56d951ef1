using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Cursors;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Retries;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Consumers;

/// <summary>A stream and a cursor store tied together, on which consumers run. Any of the one works with any of the other.</summary>
/// <remarks>Thread-safe, as far as its stream and its store are; one consumer name must not run twice at a time.</remarks>
/// <param name="stream">What is consumed.</param>
/// <param name="cursors">Where the consumers' cursors are kept.</param>
public sealed partial class Consumable(StreamFunc stream, ICursorStore cursors)
{
    private readonly StreamFunc _stream = stream ?? throw new ArgumentNullException(nameof(stream));
    private readonly ICursorStore _cursors = cursors ?? throw new ArgumentNullException(nameof(cursors));

    /// <summary>The clock for lag and back-off.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where to log.</summary>
    /// <value>The default logs nothing.</value>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>
    /// Runs a consumer once: get its cursor, reset it, stream after the cursor, wait out the lag of each event, hand it over,
    /// set the cursor. Any error leaves the cursor at the last event handled and ends the call with that error; at the end the
    /// consumer is stopped and the cursors are flushed. Calling it again resumes.
    /// </summary>
    /// <param name="consumer">The logic.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="instruments">Its metrics, or null.</param>
    /// <param name="cancellationToken">Ends the run; the logic is given this token too.</param>
    /// <returns>
    /// A task that ends with an error as a rule: the logic's, the stream's or the store's;
    /// <see cref="OperationCanceledException"/> when cancelled; a <see cref="StreamEndException"/> at an expected end.
    /// </returns>
    public async Task ConsumeAsync(
        IEventConsumer consumer,
        ConsumerOptions options,
        ConsumerInstruments? instruments = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            await RunAsync(consumer, options, instruments, cancellationToken);
        }
        catch (Exception error)
        {
            if (!IsExpectedEnd(error, cancellationToken))
            {
                instruments?.OnError();
            }

            await FlushAfterErrorAsync(options.Name);
            throw;
        }

        await _cursors.FlushAsync(CancellationToken.None);
    }

    /// <summary>
    /// Runs a consumer again and again, with back-off after failures; an expected end is no failure. Ends when cancelled, and
    /// when <see cref="StreamOptions.ToHead"/> was asked for and the head is reached.
    /// </summary>
    /// <param name="consumer">The logic.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="backoff">How long to wait after failures; null for the defaults.</param>
    /// <param name="instruments">Its metrics, or null.</param>
    /// <param name="cancellationToken">Ends it, without an exception.</param>
    /// <returns>A task that ends without an error.</returns>
    public async Task RunForeverAsync(
        IEventConsumer consumer,
        ConsumerOptions options,
        Backoff? backoff = null,
        ConsumerInstruments? instruments = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        ArgumentNullException.ThrowIfNull(options);
        backoff ??= new Backoff();
        var retry = new Retry(new RetryPolicy { Backoff = backoff });
        var progress = new ProgressConsumer(consumer);
        while (!cancellationToken.IsCancellationRequested)
        {
            var pause = backoff.After(1, Random.Shared);
            try
            {
                await ConsumeAsync(progress, options, instruments, cancellationToken);
                retry.OnProgress();
            }
            catch (HeadReachedException)
            {
                return;
            }
            catch (Exception error) when (IsExpectedEnd(error, cancellationToken))
            {
                retry.OnProgress();
            }
            catch (Exception error)
            {
                if (progress.TakeMoved())
                {
                    retry.OnProgress();
                }

                pause = retry.OnFailure();
                LogRunFailed(Logger, options.Name, retry.Failures, error);
            }

            await PauseAsync(pause, cancellationToken);
        }
    }

    /// <summary>Whether an error is an end that was meant: cancelled, stopped or head reached. Others are failures.</summary>
    /// <param name="error">The error that ended a run.</param>
    /// <param name="cancellationToken">The run's token.</param>
    /// <returns>True for an expected end.</returns>
    public static bool IsExpectedEnd(Exception error, CancellationToken cancellationToken) =>
        error is StreamEndException || (error is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private async Task RunAsync(
        IEventConsumer consumer, ConsumerOptions options, ConsumerInstruments? instruments, CancellationToken cancellationToken)
    {
        var cursor = await _cursors.GetAsync(options.Name, cancellationToken);
        await consumer.ResetIfWantedAsync(cancellationToken);
        try
        {
            await StreamToAsync(consumer, cursor, options, instruments, cancellationToken);
        }
        catch
        {
            await StopAfterErrorAsync(consumer, options.Name);
            throw;
        }

        await consumer.StopIfWantedAsync(CancellationToken.None);
    }

    private async Task StreamToAsync(
        IEventConsumer consumer,
        Cursor cursor,
        ConsumerOptions options,
        ConsumerInstruments? instruments,
        CancellationToken cancellationToken)
    {
        var lag = options.Streaming.Lag;
        var filter = EventFilter.Of(options.Streaming);

        // Its cursor goes on over all events, so that it never stays behind what retention removes.
        var streaming = options.Streaming with
        {
            Lag = TimeSpan.Zero, FromHead = options.Streaming.FromHead && cursor.IsEmpty, Types = null, ForeignIds = null, Passed = null,
        };
        var beginsAtHead = streaming.FromHead;
        await foreach (var e in _stream(cursor, streaming, cancellationToken))
        {
            if (beginsAtHead)
            {
                // Without a place, the run after a failure would begin at a later head.
                beginsAtHead = false;
                var before = e.Cursor.With(e.Partition, new EventId(e.Id.Value - 1));
                await _cursors.SetAsync(options.Name, before, CancellationToken.None);
                await _cursors.FlushAsync(CancellationToken.None);
            }

            while (lag > TimeSpan.Zero && options.Streaming.PauseBefore(e, TimeProvider) is var pause && pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, TimeProvider, cancellationToken);
            }

            await HandleAsync(consumer, e, options, filter, instruments, cancellationToken);

            // The event is handled: cancelling now must not make it come again.
            await _cursors.SetAsync(options.Name, e.Cursor, CancellationToken.None);
        }
    }

    private Task HandleAsync(
        IEventConsumer consumer,
        Event e,
        ConsumerOptions options,
        EventFilter? filter,
        ConsumerInstruments? instruments,
        CancellationToken cancellationToken)
    {
        instruments?.OnHandOver(e);
        if (filter?.Wants(e) == false || !IsWanted(e, options))
        {
            instruments?.OnFiltered(e);
            return Task.CompletedTask;
        }

        return HandOverAsync(consumer, e, options, instruments, cancellationToken);
    }

    private static bool IsWanted(Event e, ConsumerOptions options)
    {
        if (options.Types.Count > 0 && !options.Types.Contains(e.Type))
        {
            return false;
        }

        try
        {
            return options.Filter?.Invoke(e) ?? true;
        }
        catch (Exception error)
        {
            throw new EventFilterException(options.Name, e, error);
        }
    }

    private async Task HandOverAsync(
        IEventConsumer consumer,
        Event e,
        ConsumerOptions options,
        ConsumerInstruments? instruments,
        CancellationToken cancellationToken)
    {
        using var activity = ReflexTracing.StartDeliver(options.Name.Value, e);
        long? started = instruments is { MeasuresLatency: true } ? TimeProvider.GetTimestamp() : null;
        try
        {
            await consumer.ConsumeAsync(e, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error.Message);
            if (await RecoverAsync(e, error, options, cancellationToken) is { } remaining)
            {
                if (remaining is StreamEndException end)
                {
                    throw new ConsumerLogicException(options.Name, end);
                }

                if (ReferenceEquals(remaining, error))
                {
                    throw;
                }

                throw remaining;
            }

            instruments?.OnRecovered();
            LogRecovered(Logger, options.Name, e.Partition, e.Id, error);
        }

        instruments?.OnHandled(e, started is { } timestamp ? TimeProvider.GetElapsedTime(timestamp) : null);
    }

    private static ValueTask<Exception?> RecoverAsync(
        Event e, Exception error, ConsumerOptions options, CancellationToken cancellationToken) =>
        options.Recovery is { } recovery ? recovery(e, error, cancellationToken) : ValueTask.FromResult<Exception?>(error);

    private async Task FlushAfterErrorAsync(ConsumerName name)
    {
        try
        {
            await _cursors.FlushAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            LogFlushFailed(Logger, name, error);
        }
    }

    private async Task StopAfterErrorAsync(IEventConsumer consumer, ConsumerName name)
    {
        try
        {
            await consumer.StopIfWantedAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            LogStopFailed(Logger, name, error);
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, TimeProvider, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller's loop ends.
        }
    }
}
