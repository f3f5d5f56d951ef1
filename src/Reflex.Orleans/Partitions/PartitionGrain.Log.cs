using Microsoft.Extensions.Logging;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Partitions;

internal sealed partial class PartitionGrain
{
    [LoggerMessage(LogLevel.Information, "The partition {Partition} is open at head {Head}; opening took {Milliseconds:F1} ms.")]
    private static partial void LogOpened(ILogger logger, PartitionId partition, EventId head, double milliseconds);

    [LoggerMessage(LogLevel.Information, "The partition {Partition} is closed at head {Head}.")]
    private static partial void LogClosed(ILogger logger, PartitionId partition, EventId head);

    [LoggerMessage(LogLevel.Information, "The log of the partition {Partition} is deleted.")]
    private static partial void LogDeleted(ILogger logger, PartitionId partition);

    [LoggerMessage(LogLevel.Debug, "The empty log of the partition {Partition}, whose stream is gone, is left: {Reason}")]
    private static partial void LogLeft(ILogger logger, PartitionId partition, string reason);

    [LoggerMessage(LogLevel.Error, "The partition {Partition} can't be opened.")]
    private static partial void LogOpenFailed(ILogger logger, string partition, Exception error);

    [LoggerMessage(LogLevel.Debug, "The partition {Partition} can't be opened, which is known: {Reason}")]
    private static partial void LogStillNotOpen(ILogger logger, string partition, string reason);

    [LoggerMessage(LogLevel.Error, "A part of the partition {Partition} is damaged and can't be read; the rest is served.")]
    private static partial void LogDamaged(ILogger logger, PartitionId partition, Exception error);

    [LoggerMessage(LogLevel.Error, "The log of the partition {Partition} has failed; it acknowledges nothing more and is replaced.")]
    private static partial void LogFailed(ILogger logger, PartitionId partition, Exception error);

    [LoggerMessage(LogLevel.Debug, "Whether this is the owner of the partition {Partition} still could not be asked: {Reason}")]
    private static partial void LogOwnerUnknown(ILogger logger, PartitionId partition, string reason);

    [LoggerMessage(LogLevel.Warning, "Retention could not be applied to the partition {Partition}; it is tried again.")]
    private static partial void LogTrimFailed(ILogger logger, PartitionId partition, Exception error);

    [LoggerMessage(LogLevel.Warning, "The retention of the stream {Stream} could not be looked up: nothing is trimmed until it can.")]
    private static partial void LogRetentionUnknown(ILogger logger, StreamName stream, Exception error);
}
