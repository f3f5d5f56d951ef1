using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>Asks who owns a log. Its task ends with the owner, or with null where there is no such log any more.</summary>
internal sealed class LogQuestion(PartitionId partition, long key)
    : TaskCompletionSource<LogOwner?>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public PartitionId Partition => partition;

    public long Key => key;
}
