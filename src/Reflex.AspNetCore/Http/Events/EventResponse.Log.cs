using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Http.Events;

internal sealed partial class EventResponse
{
    [LoggerMessage(LogLevel.Debug, "The client of {Path} has gone away.")]
    private static partial void ClientLeft(ILogger logger, string path);

    [LoggerMessage(LogLevel.Error, "{Path}, trace id {TraceId}, failed unexpectedly after it had begun to stream.")]
    private static partial void StreamFailed(ILogger logger, string path, string traceId, Exception error);

    [LoggerMessage(LogLevel.Warning, "{Path}, trace id {TraceId}, failed after it had begun to stream: {Reason}")]
    private static partial void StreamEnded(ILogger logger, string path, string traceId, string reason);
}
