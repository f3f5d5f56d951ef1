using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>
/// A newer owner has opened the log. The older one acknowledges nothing more; what it was asked to append is not in the log, and what it
/// wrote isn't deleted.
/// </summary>
public sealed class LogFencedException : LogFailedException
{
    /// <inheritdoc cref="LogFencedException"/>
    /// <param name="partition">The log's partition.</param>
    /// <param name="epoch">The older owner's epoch.</param>
    /// <param name="found">The newer owner's epoch.</param>
    public LogFencedException(PartitionId partition, long epoch, long found)
        : base(partition, $"its owner with epoch {epoch} was replaced by one with epoch {found}; ask the new owner.")
    {
        SetFact("epoch", epoch);
        SetFact("found", found);
    }

    /// <summary>The older owner's epoch.</summary>
    public long Epoch => GetNumber("epoch");

    /// <summary>The newer owner's epoch.</summary>
    public long FoundEpoch => GetNumber("found");
}
