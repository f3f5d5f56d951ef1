using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Events;

internal sealed partial class EventResponse
{
    [LoggerMessage(LogLevel.Debug, "The client of {Path} has gone away.")]
    private static partial void ClientLeft(ILogger logger, string path);

    [LoggerMessage(LogLevel.Error, "{Path} failed unexpectedly after it had begun to stream.")]
    private static partial void StreamFailed(ILogger logger, string path, Exception error);
}
