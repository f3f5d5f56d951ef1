using Microsoft.Extensions.Logging;

namespace Reflex.Retries;

public sealed partial class Retry
{
    [LoggerMessage(LogLevel.Warning, "Could not {What}; it is tried again in {Pause}.")]
    private static partial void LogRepeated(ILogger logger, string what, TimeSpan pause, Exception error);
}
