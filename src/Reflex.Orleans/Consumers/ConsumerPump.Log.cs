using Microsoft.Extensions.Logging;
using Reflex.Cursors;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Consumers;

internal sealed partial class ConsumerPump
{
    [LoggerMessage(
        LogLevel.Error,
        "The consumer {Consumer} is stuck on event {Event} after {Attempts} attempts; it tries again in {Pause}.")]
    private static partial void LogStuck(
        ILogger logger, ConsumerKey consumer, EventId? @event, int attempts, TimeSpan pause, Exception error);

    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} was asked to skip event {Event}: it was not handled.")]
    private static partial void LogSkipped(ILogger logger, ConsumerKey consumer, EventId @event);

    [LoggerMessage(LogLevel.Warning, "The cursor of the consumer {Consumer} was set from {Before} to {Cursor}.")]
    private static partial void LogCursorSet(ILogger logger, ConsumerKey consumer, CursorPlace? before, CursorPlace? cursor);

    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} stood still at {Cursor} though the head was {Head}; it is started again.")]
    private static partial void LogStoodStill(ILogger logger, ConsumerKey consumer, CursorPlace? cursor, EventId head);

    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} runs elsewhere too, where its cursor was stored last; it ends here.")]
    private static partial void LogReplaced(ILogger logger, ConsumerKey consumer, Exception error);

    [LoggerMessage(
        LogLevel.Warning,
        "The consumer {Consumer} was still handling event {Event} after {Timeout}; it is cancelled and the event comes again.")]
    private static partial void LogKilled(ILogger logger, ConsumerKey consumer, EventId? @event, TimeSpan timeout);

    [LoggerMessage(LogLevel.Warning, "The cursor of the consumer {Consumer} could not be stored at its end; some events will come again.")]
    private static partial void LogFlushFailed(ILogger logger, ConsumerKey consumer, Exception error);
}
