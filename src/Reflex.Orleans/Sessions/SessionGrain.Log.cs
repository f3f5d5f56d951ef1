using Microsoft.Extensions.Logging;
using Reflex.Cursors;
using Reflex.Orleans.Consumers;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Sessions;

internal sealed partial class SessionGrain
{
    [LoggerMessage(LogLevel.Debug, "A session of the consumer {Consumer} goes on after {Cursor}.")]
    private static partial void LogOpened(ILogger logger, ConsumerKey consumer, CursorPlace? cursor);

    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} was asked to skip event {Event}: it was not handled.")]
    private static partial void LogSkipped(ILogger logger, ConsumerKey consumer, EventId @event);

    [LoggerMessage(LogLevel.Warning, "The cursor of the consumer {Consumer} was set from {Before} to {Cursor}.")]
    private static partial void LogCursorSet(ILogger logger, ConsumerKey consumer, CursorPlace? before, CursorPlace? cursor);

    [LoggerMessage(LogLevel.Warning, "The cursor of the consumer {Consumer} was stored by another activation too; this one ends.")]
    private static partial void LogReplaced(ILogger logger, ConsumerKey consumer, Exception error);

    [LoggerMessage(LogLevel.Warning, "The cursor of the consumer {Consumer} could not be stored at its end; some events will come again.")]
    private static partial void LogFlushFailed(ILogger logger, ConsumerKey consumer);
}
