using Reflex.Retries;
using Reflex.Storage;

namespace Reflex.Orleans;

/// <summary>Reflex in a silo or a client.</summary>
public sealed class ReflexOptions
{
    /// <summary>The size limit of one encoded event; a larger one is refused before it travels.</summary>
    /// <value>In bytes. The default is 1 MiB; 1 to 4,000,000.</value>
    public int MaxEventBytes { get; set; } = 1024 * 1024;

    /// <summary>The size limit of what one call appends. It travels as one message, so it stays under Orleans' limit of 100 MB.</summary>
    /// <value>In bytes. The default is 64 MiB; 1 to 90,000,000.</value>
    public int MaxAppendBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How much this process gathers for a partition while a call is under way; beyond it an append waits.</summary>
    /// <value>In bytes. The default is 16 MiB. Positive.</value>
    public int MaxGatheredBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// How much may wait for a partition beyond that, as while it doesn't answer; beyond it an append fails with
    /// <see cref="LogBusyException"/>. What its caller cancels waits no longer.
    /// </summary>
    /// <value>
    /// In bytes, of which each append takes 512 besides its events. The default is 64 MiB, as a partition's own queue has it. Positive. An
    /// append that is larger waits when no other does.
    /// </value>
    public int MaxWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>About how much a reader asks for at once.</summary>
    /// <value>
    /// In bytes. The default is 64 KiB: some 400 events of 150 bytes, and just under what .NET puts on the large object heap.
    /// 1 to 4,000,000.
    /// </value>
    public int PageBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// How much the readers of this process keep together of the newest events of the partitions that they follow: those at the head of
    /// one share one call to its owner, and what it brings.
    /// </summary>
    /// <value>
    /// In bytes, of which one partition takes a sixteenth at most. The default is 64 MiB. Not negative; with 0 they share the call alone.
    /// </value>
    public long MaxSharedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>A moved cursor is stored after this time at the latest. After a kill the events of this time come again.</summary>
    /// <value>The default is 100 ms. Zero to 10 seconds; zero stores every move at once.</value>
    public TimeSpan CursorFlushWindow { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often every consumer is looked after: started where it doesn't run, restarted where it stands still.</summary>
    /// <value>The default is 1 minute. 1 second to 1 hour.</value>
    public TimeSpan ConsumerCheckInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often the silos of a cluster look whether partitions and consumers are evenly spread over them; they do at once when a silo has
    /// come or gone. Those that have too many then give some to others.
    /// </summary>
    /// <value>The default is 10 seconds. 1 second to 1 hour.</value>
    public TimeSpan SpreadInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often retention is applied and the memory of quiet partitions is given back.</summary>
    /// <value>The default is 1 minute. 1 second to 1 hour.</value>
    public TimeSpan MaintenanceInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a stopping silo waits for the event that a consumer is handling before it cancels the logic.</summary>
    /// <value>The default is 20 seconds, under the host's 30. Zero to 10 minutes.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a read of a partition, or a call of a consumer's session, that fails in a way that may pass is repeated before its
    /// error reaches the caller.
    /// </summary>
    /// <value>The default is 30 seconds. Zero to 1 hour; zero repeats nothing.</value>
    public TimeSpan ReadRetryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many streams there may be in the cluster. One more is refused; those that there are go on.</summary>
    /// <value>The default is 10,000. 1 to 1,000,000. Counts in silos.</value>
    public int MaxStreams { get; set; } = 10_000;

    /// <summary>How many partitions all streams together may have. A stream that would make them more is refused.</summary>
    /// <value>The default is 100,000: one that was used stays open in memory. 1 to 10,000,000. Counts in silos.</value>
    public int MaxPartitions { get; set; } = 100_000;

    /// <summary>
    /// How many names of consumers that run outside the cluster are kept for a stream. A new one is refused; known ones go on.
    /// </summary>
    /// <value>The default is 1000. 1 to 1,000,000. Counts in silos.</value>
    public int MaxOutsideConsumersPerStream { get; set; } = 1000;

    /// <summary>How many such names are kept for all streams together.</summary>
    /// <value>The default is 10,000: all are in the memory of one silo. 1 to 1,000,000. Counts in silos.</value>
    public int MaxOutsideConsumers { get; set; } = 10_000;

    /// <summary>How long a stuck consumer waits before it tries again.</summary>
    /// <value>The default is 100 ms, doubling up to 1 minute.</value>
    public Backoff RetryBackoff { get; set; } = new();
}
