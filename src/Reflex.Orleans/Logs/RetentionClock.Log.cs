using Microsoft.Extensions.Logging;

namespace Reflex.Orleans.Logs;

internal sealed partial class RetentionClock
{
    [LoggerMessage(
        LogLevel.Warning,
        "The clock was set ahead by {Gain}, to {Clock:u}. Retention goes on by the old time until that has stood for {Delay}; events that "
        + "are appended get the new one.")]
    private static partial void LogSetAhead(ILogger logger, TimeSpan gain, DateTimeOffset clock, TimeSpan delay);

    [LoggerMessage(LogLevel.Warning, "The clock was set back by {Loss}, to {Clock:u}. Retention keeps events the longer for it.")]
    private static partial void LogSetBack(ILogger logger, TimeSpan loss, DateTimeOffset clock);

    [LoggerMessage(LogLevel.Information, "The clock is where it was before it was set ahead, at {Clock:u}; retention goes by it.")]
    private static partial void LogRight(ILogger logger, DateTimeOffset clock);

    [LoggerMessage(LogLevel.Warning, "The clock is still at {Clock:u}, as it was set; from now on retention goes by it.")]
    private static partial void LogBelieved(ILogger logger, DateTimeOffset clock);
}
