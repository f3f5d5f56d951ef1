using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Limits;

internal sealed partial class ReadingBudget
{
    [LoggerMessage(
        LogLevel.Warning,
        "{Stream} was cut: its client has taken nothing for {Blocked}, and other streams need the memory; MaxReadingBytes bounds it.")]
    private static partial void StreamCut(ILogger logger, string stream, TimeSpan blocked);
}
