using Microsoft.Extensions.Logging;

namespace Reflex.Storage.FileLog;

internal sealed partial class FileLogProvider
{
    [LoggerMessage(LogLevel.Information, "Events are stored in {Path}; an append is done when it is {Durability}")]
    private static partial void LogStarted(ILogger logger, string path, Durability durability);

    [LoggerMessage(LogLevel.Warning, "The folder {Folder} holds {Names}, which is not Reflex's; it is left alone")]
    private static partial void LogForeign(ILogger logger, string folder, string names);

    [LoggerMessage(
        LogLevel.Warning,
        "Other users may be able to use {Path} and {Others} more files and folders of the data folder, which this process can't " +
        "change; what is made from now on is closed to them")]
    private static partial void LogLeftOpen(ILogger logger, string path, int others);
}
