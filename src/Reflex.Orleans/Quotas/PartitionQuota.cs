using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Quotas;

/// <summary>What one partition may store.</summary>
/// <param name="partition">Whose quota it is.</param>
/// <param name="limit">Its part of what its stream may store, in bytes.</param>
/// <param name="retryAfter">After which time retention may have removed something.</param>
/// <param name="stored">What it stores at a moment, in bytes.</param>
/// <param name="ended">Is told when the partition isn't owned here any more.</param>
internal sealed class PartitionQuota(
    PartitionId partition, long limit, TimeSpan retryAfter, Func<long> stored, Action<PartitionQuota> ended) : IDisposable
{
    public StreamName Stream => partition.Stream;

    /// <summary>How much of it is used; 1 is all.</summary>
    public double Used => (double)stored() / limit;

    /// <inheritdoc/>
    public void Dispose() => ended(this);

    /// <summary>Why an append has no room; null when it has.</summary>
    /// <param name="waiting">What is to be stored before it, in bytes.</param>
    /// <param name="more">What it is to store itself, in bytes.</param>
    public ReflexException? Refuse(long waiting, long more)
    {
        if (more > limit)
        {
            return new EventTooLargeException(
                $"The append to {partition}", more, limit, "append it in parts, or have the quota of its stream allow more");
        }

        var before = stored() + waiting;
        return before + more > limit ? new QuotaExceededException(partition, limit, before, retryAfter) : null;
    }
}
