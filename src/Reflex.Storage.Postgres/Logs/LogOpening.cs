using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>Asks for a log to be opened. Its task ends with its row, under a new epoch.</summary>
internal sealed class LogOpening(PartitionId partition) : TaskCompletionSource<LogRow>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public PartitionId Partition => partition;
}
