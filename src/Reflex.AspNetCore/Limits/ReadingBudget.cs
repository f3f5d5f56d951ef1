using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore.Limits;

/// <summary>Bounds what the responses of all streams together hold in memory.</summary>
/// <remarks>
/// <para>A stream of several partitions takes a share for them as long as it lasts, since each has a call of its own; one of one partition
/// that waits at the head holds next to nothing and takes no part. One that sends takes more, by the largest event that it has seen; a
/// client that reads slowly keeps its stream's share for as long as it likes, while there is room. When another stream needs room and
/// there is none, the stream is cut whose client has taken nothing for the longest time.</para>
/// <para>What the first page of a stream holds is known only when it has been read, so that few streams begin at the same time.</para>
/// </remarks>
internal sealed partial class ReadingBudget(IOptions<ReflexServerOptions> options, ILogger<ReadingBudget> logger)
{
    private const int ConcurrentStarts = 32;

    // Shorter is a client that is about to read.
    private static readonly TimeSpan LeastBlocked = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CutInterval = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _timeProvider = options.Value.TimeProvider;
    private readonly SemaphoreSlim _starts = new(ConcurrentStarts);
    private readonly Lock _lock = new();
    private readonly LinkedList<ReadingShare> _blocked = [];

    private readonly MemoryBudget _memory = new(
        options.Value.MaxReadingBytes ?? ReflexServerOptions.DefaultReadingBytes(),
        "the streams that are being sent",
        options.Value.BusyTimeout,
        options.Value.TimeProvider);

    // Of their own, since they are held as long as a stream lasts: idle streams of many partitions would take the room of all others.
    private readonly MemoryBudget _partitions = new(
        (options.Value.MaxReadingBytes ?? ReflexServerOptions.DefaultReadingBytes()) / 2,
        "the partitions of the streams that are being read",
        options.Value.BusyTimeout,
        options.Value.TimeProvider);

    /// <summary>What is taken now.</summary>
    public long Used => _memory.Used + _partitions.Used;

    /// <summary>How many streams wait for room now.</summary>
    public int Waiting => _memory.Waiting + _partitions.Waiting;

    /// <summary>How many streams wait for their clients now.</summary>
    public int Blocked
    {
        get
        {
            lock (_lock)
            {
                return _blocked.Count;
            }
        }
    }

    /// <summary>Lets a stream begin; it takes only what its partitions need.</summary>
    /// <param name="name">What to call it in the log.</param>
    /// <param name="partitions">How many partitions it reads.</param>
    /// <param name="hasEvents">Whether it begins with events that are there, rather than at the head.</param>
    /// <param name="cut">Ends it, when others need its room.</param>
    /// <param name="cancellationToken">Ends the wait for its turn.</param>
    /// <exception cref="ServerBusyException">Too many begin already, or there was no room in time.</exception>
    public async ValueTask<ReadingShare> OpenAsync(
        string name, int partitions, bool hasEvents, Action cut, CancellationToken cancellationToken)
    {
        if (hasEvents && !await _starts.WaitAsync(options.Value.BusyTimeout, cancellationToken))
        {
            throw new ServerBusyException(
                $"{ConcurrentStarts} streams are waiting for their first events already: stream again a little later.");
        }

        var share = new ReadingShare(this, name, cut, hasEvents);
        try
        {
            await share.TakeForPartitionsAsync(partitions, cancellationToken);
            return share;
        }
        catch
        {
            share.Dispose();
            throw;
        }
    }

    internal void EndStart() => _starts.Release();

    internal ValueTask TakeAsync(long bytes, long held, CancellationToken cancellationToken) => _memory.TryTake(bytes, held)
        ? ValueTask.CompletedTask
        : new ValueTask(MakeRoomAsync(bytes, held, cancellationToken));

    internal void GiveBack(long bytes) => _memory.GiveBack(bytes);

    internal ValueTask TakeForPartitionsAsync(long bytes, CancellationToken cancellationToken) =>
        _partitions.TakeAsync(bytes, held: 0, cancellationToken);

    internal void GiveBackOfPartitions(long bytes) => _partitions.GiveBack(bytes);

    internal void OnBlocked(ReadingShare share)
    {
        lock (_lock)
        {
            share.BlockedSince = _timeProvider.GetTimestamp();
            share.Node = _blocked.AddLast(share);
        }
    }

    internal void OnUnblocked(ReadingShare share)
    {
        lock (_lock)
        {
            if (share.Node is { } node)
            {
                _blocked.Remove(node);
                share.Node = null;
            }
        }
    }

    private async Task MakeRoomAsync(long bytes, long held, CancellationToken cancellationToken)
    {
        // Those that are cut leave their room a moment later.
        await using var cutting = _timeProvider.CreateTimer(_ => CutLongestBlocked(), null, TimeSpan.Zero, CutInterval);
        await _memory.TakeAsync(bytes, held, cancellationToken);
    }

    private void CutLongestBlocked()
    {
        ReadingShare share;
        TimeSpan blocked;
        lock (_lock)
        {
            if (_memory.Waiting == 0 || _blocked.First is not { } first)
            {
                return;
            }

            share = first.Value;
            blocked = _timeProvider.GetElapsedTime(share.BlockedSince);
            if (blocked < LeastBlocked)
            {
                return;
            }

            _blocked.RemoveFirst();
            share.Node = null;
        }

        StreamCut(logger, share.Name, blocked);
        share.Cut();
    }
}
