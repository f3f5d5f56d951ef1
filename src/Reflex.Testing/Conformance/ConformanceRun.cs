using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing.Conformance;

/// <summary>One check's use of a storage.</summary>
internal sealed class ConformanceRun(
    IEventLogProvider provider,
    Func<CancellationToken, ValueTask<IEventLogProvider>> start,
    Func<IEventLogProvider, ValueTask> stop,
    long trimmableBytes,
    CancellationToken token)
{
    // A thousand times as many as a storage could need for what the checks append.
    private const int MaxPieces = 1_000_000;

    // A hundred times as many as the checks have openings at once.
    private const int MaxTries = 1000;

    private readonly Lock _lock = new();
    private readonly List<IAsyncDisposable> _open = [];
    private bool _isStopped;

    public IEventLogProvider Provider { get; private set; } = provider;

    public long TrimmableBytes => trimmableBytes;

    public CancellationToken Token => token;

    /// <summary>A stream that no other check and no earlier run has used.</summary>
    public StreamName Stream { get; } = $"check-{Guid.NewGuid():n}";

    public Task<IEventLog> OpenAsync(int index = 0) => OpenAsync(new PartitionId(Stream, index));

    public async Task<IEventLog> OpenAsync(PartitionId partition)
    {
        var log = await Provider.OpenAsync(partition, token).ConfigureAwait(false);
        lock (_lock)
        {
            _open.Add(log);
        }

        return log;
    }

    public async Task<IEventLogReader> OpenReaderAsync(int index = 0)
    {
        var reader = await Provider.OpenReaderAsync(new PartitionId(Stream, index), token).ConfigureAwait(false);
        Expect.That(reader is not null, "a reader of a log that was opened; there is none");
        lock (_lock)
        {
            _open.Add(reader!);
        }

        return reader!;
    }

    public ValueTask<long> GetEpochAsync(int index = 0) => Provider.GetEpochAsync(new PartitionId(Stream, index), token);

    /// <summary>Deletes a log, whoever opens it meanwhile.</summary>
    public async ValueTask DeleteAsync(int index = 0)
    {
        for (var tries = 1; ; tries++)
        {
            var epoch = await GetEpochAsync(index).ConfigureAwait(false);
            try
            {
                await Provider.DeleteAsync(new PartitionId(Stream, index), epoch, token).ConfigureAwait(false);
                return;
            }
            catch (LogFencedException) when (tries < MaxTries)
            {
                // An owner was faster.
            }
        }
    }

    /// <summary>Closes a log, or a reader; once, as the contract says.</summary>
    public ValueTask CloseAsync(IAsyncDisposable log)
    {
        lock (_lock)
        {
            _open.Remove(log);
        }

        return log.DisposeAsync();
    }

    public async Task<IEventLog> ReopenAsync(IEventLog log, int index = 0)
    {
        await CloseAsync(log).ConfigureAwait(false);
        return await OpenAsync(index).ConfigureAwait(false);
    }

    public async Task CloseAllAsync()
    {
        while (true)
        {
            IAsyncDisposable log;
            lock (_lock)
            {
                if (_open.Count == 0)
                {
                    return;
                }

                log = _open[^1];
            }

            await CloseAsync(log).ConfigureAwait(false);
        }
    }

    /// <summary>The storage as the next process finds it, all logs closed before.</summary>
    public async Task RestartAsync()
    {
        await CloseAllAsync().ConfigureAwait(false);
        _isStopped = true;
        await stop(Provider).ConfigureAwait(false);
        Provider = await start(token).ConfigureAwait(false);
        _isStopped = false;
    }

    public ValueTask StopAsync() => _isStopped ? ValueTask.CompletedTask : stop(Provider);

    /// <summary>Trims piece by piece until nothing is left to do, and looks whether that is so.</summary>
    public async Task TrimAsync(IEventLog log, Retention retention, DateTimeOffset now)
    {
        var pieces = 0;
        while (await log.TrimAsync(retention, now, token).ConfigureAwait(false))
        {
            Expect.That(++pieces < MaxPieces, $"a trim to end; after {pieces} pieces it says that there may be more to remove");
        }

        var done = log.Bounds;
        Expect.Same(
            (false, done),
            (await log.TrimAsync(retention, now, token).ConfigureAwait(false), log.Bounds),
            "the answer of a trim that has nothing left to do, and what the log holds then,");
    }

    /// <summary>Reads one page and looks whether it is one: whole batches in order, the first with the event that was asked for.</summary>
    public async Task<IReadOnlyList<EventBatch>> ReadAsync(IEventLog log, EventId after, int maxBytes)
    {
        var page = await log.ReadAsync(after, maxBytes, token).ConfigureAwait(false);
        return Split(page, after);
    }

    public async Task<IReadOnlyList<EventBatch>> ReadAsync(IEventLogReader reader, EventId after, int maxBytes)
    {
        var page = await reader.ReadAsync(after, maxBytes, token).ConfigureAwait(false);
        return Split(page, after);
    }

    public static IReadOnlyList<EventBatch> Split(ReadOnlyMemory<byte> page, EventId after)
    {
        var batches = new List<EventBatch>();
        for (var rest = page; !rest.IsEmpty; rest = rest[batches[^1].Bytes.Length..])
        {
            Expect.That(
                EventBatch.TryReadSealed(rest, out var batch),
                $"a page after event {after} to hold whole sealed batches only; {rest.Length} of its {page.Length} bytes are none");
            Expect.That(
                batches.Count == 0 || batch.BaseId == batches[^1].LastId.Next,
                $"the batches of a page after event {after} to follow one another; event {batch.BaseId} comes where one ends before it");
            batches.Add(batch);
        }

        Expect.That(
            batches.Count > 0 && batches[0].BaseId <= after.Next && batches[0].LastId > after,
            $"a page after event {after} to begin with the batch that holds event {after.Next}; "
            + (batches.Count > 0 ? $"it begins with the events {batches[0].BaseId} to {batches[0].LastId}" : "it is empty"));
        return batches;
    }
}
