using Microsoft.Extensions.Logging;
using Reflex.Cursors;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Consumers;

internal sealed partial class PartControls
{
    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} was asked to skip event {Event}: it was not handled.")]
    private static partial void LogSkipped(ILogger logger, ConsumerKey consumer, EventId @event);

    [LoggerMessage(LogLevel.Warning, "The cursor of the consumer {Consumer} was set from {Before} to {Cursor}.")]
    private static partial void LogCursorSet(ILogger logger, ConsumerKey consumer, CursorPlace? before, CursorPlace? cursor);
}
