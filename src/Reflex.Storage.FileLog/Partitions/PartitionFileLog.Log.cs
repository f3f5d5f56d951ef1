using Microsoft.Extensions.Logging;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class PartitionFileLog
{
    [LoggerMessage(LogLevel.Debug, "Opened the log of {Partition} with epoch {Epoch}: events {Oldest} to {Head}")]
    private static partial void LogOpened(ILogger logger, PartitionId partition, long epoch, long oldest, long head);

    [LoggerMessage(LogLevel.Error, "The log of {Partition} has failed and takes no more appends until it is opened again")]
    private static partial void LogFailed(ILogger logger, Exception error, PartitionId partition);

    [LoggerMessage(
        LogLevel.Warning, "Could not write an index of {Partition} in {Folder}; only reading of old events is the slower for it")]
    private static partial void LogIndexFailed(ILogger logger, Exception error, PartitionId partition, string folder);

    [LoggerMessage(LogLevel.Warning, "Could not tidy up the log of {Partition} while closing it; nothing acknowledged is lost")]
    private static partial void LogCloseFailed(ILogger logger, Exception error, PartitionId partition);

    [LoggerMessage(LogLevel.Information, "Removed all events of {Partition}, up to {Head}, as it is deleted")]
    private static partial void LogDeleted(ILogger logger, PartitionId partition, long head);

    [LoggerMessage(LogLevel.Information, "Removed segment {Path} of {Partition}: its events, up to {Last}, are past the retention")]
    private static partial void LogSegmentTrimmed(ILogger logger, PartitionId partition, string path, long last);
}
