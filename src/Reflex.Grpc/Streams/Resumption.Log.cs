using Microsoft.Extensions.Logging;

namespace Reflex.Grpc.Streams;

internal sealed partial class Resumption
{
    [LoggerMessage(LogLevel.Warning, "Could not {What}; it is tried again in {Pause}.")]
    private static partial void LogResuming(ILogger logger, string what, TimeSpan pause, Exception error);
}
