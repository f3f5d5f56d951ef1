using Microsoft.Extensions.Logging;

namespace Reflex.Storage.Sqlite;

internal sealed partial class SqliteWriter
{
    [LoggerMessage(LogLevel.Error, "Cursors and stream definitions can't be stored in {Path}; it is tried again with each write.")]
    private static partial void LogFailed(ILogger logger, string path, Exception error);

    [LoggerMessage(LogLevel.Information, "Cursors and stream definitions are stored in {Path} again.")]
    private static partial void LogWorksAgain(ILogger logger, string path);

    [LoggerMessage(LogLevel.Warning, "A connection to {Path} could not be closed.")]
    private static partial void LogCloseFailed(ILogger logger, string path, Exception error);
}
