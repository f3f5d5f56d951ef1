using Microsoft.Extensions.Logging;

namespace Reflex.Storage.Sqlite;

internal sealed partial class SqliteGrainStorage
{
    [LoggerMessage(
        LogLevel.Warning,
        "There are logs of partitions but there was no {Path}: streams and cursors begin anew. If they were lost, stop the silo and "
        + "restore a backup before consumers handle everything again.")]
    private static partial void LogBegunAnew(ILogger logger, string path);
}
