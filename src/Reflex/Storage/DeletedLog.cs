using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>A log that was deleted and not opened since.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Left">
/// Where the next one of its name begins: after its head, with epochs above that of its deletion. A log that another storage was made to
/// begin so (<see cref="IEventLogProvider.BeginAsync"/>), and that is deleted then, is a copy of it.
/// </param>
public sealed record DeletedLog(PartitionId Partition, LogStart Left);
