using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Orleans.Quotas;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Logs;

/// <summary>A partition as its one owner holds it: its log, the appends that wait, the newest events, the waiting readers.</summary>
/// <remarks>
/// <para>Appending is group commit without a timer: one writer seals, writes and flushes what has gathered and completes it
/// all; what arrives meanwhile is the next group.</para>
/// <para>An event is visible from the moment that it is durable: readers are served from the newest events in memory, or from
/// the log, and those that wait at the head are woken by the next durable group. A reader takes hold of the wake-up before it
/// looks, so that no event slips between the two. Its page is made on the thread that has appended, which saves a change of
/// threads: what awaits a page must not block there.</para>
/// <para>Nothing is claimed from memory: where an answer says what the log holds, the storage is asked whether this is its owner
/// still.</para>
/// <para>The first failure of the log latches: everything that waits fails with it, and so does every later append, until a
/// new owner opens the log and looks what is there. An append of which the storage is sure to have done nothing fails alone.
/// Thread-safe.</para>
/// </remarks>
internal sealed partial class PartitionLog : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _logTurn = new(1);
    private readonly Queue<PendingAppend> _queue = new();
    private readonly TaskCompletionSource<LogFailedException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _writerEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _logReadsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IEventLog _log;
    private readonly PartitionLogOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly PartitionInstruments _instruments;
    private readonly CommitWatch _commit;
    private readonly RecentBatches _recent;
    private TaskCompletionSource _headMoved = new();
    private LogFailedException? _failure;
    private (EventId Head, long Since) _known;
    private PartitionQuota? _quota;
    private long _queuedBytes;
    private long _writingBytes;
    private int _logReads;
    private bool _writing;
    private bool _closed;

    private PartitionLog(
        PartitionId partition,
        IEventLog log,
        PartitionLogOptions options,
        TimeProvider timeProvider,
        PartitionInstruments instruments)
    {
        Partition = partition;
        _log = log;
        _options = options;
        _timeProvider = timeProvider;
        _instruments = instruments;
        _known = (log.Bounds.Head, timeProvider.GetTimestamp());
        _recent = new RecentBatches(options.MaxRecentBytes, options.RecentBudget);
        _confirmation = new SharedConfirmation(AskForOwnerAsync);
        _commit = instruments.OnOpened(this);
    }

    /// <summary>Whose log it is.</summary>
    public PartitionId Partition { get; }

    /// <summary>This owner's number, greater than that of every owner before it.</summary>
    public long Epoch => _log.Epoch;

    /// <summary>What the log holds, as far as this owner knows; <see cref="GetBoundsAsync"/> makes sure that it is so.</summary>
    public LogBounds Bounds => _log.Bounds;

    /// <summary>What waits to be appended, in bytes.</summary>
    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <summary>How many readers wait at the head.</summary>
    public int WaitingReaders => Volatile.Read(ref _waiting);

    /// <summary>Ends, without an error, with the failure after which this owner is of no more use for appending.</summary>
    public Task<LogFailedException> Failed => _failed.Task;

    /// <summary>Refuses what is over the stream's quota. Before the first append, and once.</summary>
    /// <param name="quotas">What streams may store.</param>
    /// <param name="partitions">How many partitions the stream has.</param>
    public void LimitTo(StreamQuotas quotas, int partitions)
    {
        ArgumentNullException.ThrowIfNull(quotas);
        _quota = quotas.Begin(Partition, partitions, () => _log.Bounds.Bytes);
    }

    /// <summary>Opens a partition as its one owner; see <see cref="IEventLogProvider.OpenAsync"/>.</summary>
    /// <param name="provider">The storage.</param>
    /// <param name="partition">The partition to own.</param>
    /// <param name="options">The bounds in memory.</param>
    /// <param name="timeProvider">The clock that events' append times come from.</param>
    /// <param name="instruments">The metrics.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <returns>The partition; the caller disposes it.</returns>
    public static async Task<PartitionLog> OpenAsync(
        IEventLogProvider provider,
        PartitionId partition,
        PartitionLogOptions options,
        TimeProvider timeProvider,
        PartitionInstruments instruments,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var log = await provider.OpenAsync(partition, cancellationToken).ConfigureAwait(false);
        return new PartitionLog(partition, log, options, timeProvider, instruments);
    }

    /// <summary>Removes the oldest events as far as the retention allows, in pieces; appends that wait go before the next one.</summary>
    /// <param name="getRetention">
    /// How long events are kept, asked before each piece: somebody may have changed it. Null ends the trimming.
    /// </param>
    /// <param name="clock">The clock that ages are told by.</param>
    /// <param name="cancellationToken">Ends the trimming.</param>
    /// <returns>A task that ends when <see cref="Bounds"/> shows the new oldest event.</returns>
    public async Task TrimAsync(Func<ValueTask<Retention?>> getRetention, RetentionClock clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(getRetention);
        ArgumentNullException.ThrowIfNull(clock);
        while (await getRetention().ConfigureAwait(true) is { } retention
            && await TrimPieceAsync(retention, clock, cancellationToken).ConfigureAwait(true))
        {
        }
    }

    /// <summary>Gives back the memory of the newest events, as when nothing was appended for a while. They stay in the log.</summary>
    public void ForgetRecent() => _recent.Clear();

    /// <summary>Completes the appends that wait, refuses new ones, sends the waiting readers away, and closes the log.</summary>
    /// <returns>A task that ends when the next owner can open the log.</returns>
    public async ValueTask DisposeAsync()
    {
        TaskCompletionSource headMoved;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            headMoved = _headMoved;
            if (!_writing)
            {
                _writerEnded.TrySetResult();
            }

            if (_logReads == 0)
            {
                _logReadsEnded.TrySetResult();
            }
        }

        headMoved.TrySetResult();
        await _writerEnded.Task.ConfigureAwait(false);
        await _logReadsEnded.Task.ConfigureAwait(false);
        _recent.Clear();

        // A trim may still have the log's turn; one that waits for it finds the partition closed.
        await _logTurn.WaitAsync().ConfigureAwait(false);
        try
        {
            await _log.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _quota?.Dispose();
            _instruments.OnClosed(this);
            _commit.Dispose();
            _logTurn.Release();
        }
    }

    private async Task<bool> TrimPieceAsync(Retention retention, RetentionClock clock, CancellationToken cancellationToken)
    {
        // Who waits for the turn gets it in the order of coming, so that an append doesn't wait for the next piece as well.
        await _logTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfClosed();
            return await _log.TrimAsync(retention, clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }
        catch (LogFencedException error)
        {
            Fail([], error);
            throw;
        }
        catch (LogFailedException) when (_log.Failure is { } failure)
        {
            // A partition that gets no more events would never find out, and keep what it has.
            Fail([], failure);
            throw;
        }
        finally
        {
            _logTurn.Release();
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw new LogFailedException(Partition, "its owner is closing; ask again.");
        }
    }
}
