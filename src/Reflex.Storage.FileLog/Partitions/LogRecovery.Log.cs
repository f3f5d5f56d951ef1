using Microsoft.Extensions.Logging;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class LogRecovery
{
    [LoggerMessage(
        LogLevel.Warning,
        "Cut {Bytes} bytes of an append of {Partition} that was never acknowledged, from {Path} at position {Position}; " +
        "the log ends with event {Head}")]
    private static partial void LogTailCut(
        ILogger logger, PartitionId partition, long bytes, string path, long position, long head);

    [LoggerMessage(LogLevel.Warning, "Removed segment {Path} of {Partition}: it held only a part of an append that was never acknowledged")]
    private static partial void LogSegmentRemoved(ILogger logger, PartitionId partition, string path);

    [LoggerMessage(
        LogLevel.Warning, "The owner file {Path} of {Partition} has a damaged slot; the new owner writes over it, with epoch {Epoch}")]
    private static partial void LogOwnerDamaged(ILogger logger, PartitionId partition, string path, long epoch);

    [LoggerMessage(LogLevel.Warning, "The folder {Folder} of {Partition} holds {Names}, which is not Reflex's; it is left alone")]
    private static partial void LogForeign(ILogger logger, PartitionId partition, string folder, string names);
}
