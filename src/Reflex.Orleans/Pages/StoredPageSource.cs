using Reflex.Cursors;
using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Pages;

/// <summary>
/// A partition's pages, of which a reader that is far from the head reads those of old events from the storage itself, and not through
/// their owner, which has others to serve.
/// </summary>
/// <remarks>
/// What is stored is durable and stays what it is. Of a place that the storage has no answer for (it is the head, expired, of another life)
/// the owner says what is to be said, as it also does of damage and faults.
/// </remarks>
/// <param name="owner">The way to the owner.</param>
/// <param name="logs">The storage, which this process sees as the owner does.</param>
/// <param name="pageBytes">About how much is read at once.</param>
/// <param name="instruments">Counts what is read.</param>
internal sealed class StoredPageSource(IPageSource owner, IEventLogProvider logs, int pageBytes, PartitionInstruments? instruments = null)
    : IPageSource
{
    // Whoever has taken it, reads: null while somebody does, or while nobody is far from the head.
    private StoredPlace? _place;
    private volatile bool _isEnded;

    public PartitionId Partition => owner.Partition;

    public async Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken)
    {
        _isEnded = false;
        if (Interlocked.Exchange(ref _place, null) is { } place)
        {
            if (place.After != after)
            {
                await place.Reader.DisposeAsync().ConfigureAwait(false);
            }
            else if (await TryReadAsync(place, cancellationToken).ConfigureAwait(false) is { } stored)
            {
                return stored;
            }
        }

        var page = await owner.ReadAsync(after, wait, cancellationToken).ConfigureAwait(false);
        if (page.IsFar())
        {
            await GoOnAsync(page.Last.GetValueOrDefault(), cancellationToken).ConfigureAwait(false);
        }

        return page;
    }

    public Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken) => owner.GetHeadAsync(cancellationToken);

    public ValueTask<int> FindPartitionsAsync(CancellationToken cancellationToken) => owner.FindPartitionsAsync(cancellationToken);

    public async ValueTask EndAsync()
    {
        _isEnded = true;
        await KeepAsync(null).ConfigureAwait(false);
        await owner.EndAsync().ConfigureAwait(false);
    }

    /// <summary>Reads a page from the storage; null, and without the reader, where it has none.</summary>
    private async Task<LogPage?> TryReadAsync(StoredPlace place, CancellationToken cancellationToken)
    {
        var reader = place.Reader;
        var mayGoOn = false;
        try
        {
            var block = await reader.ReadAsync(place.After.Id, pageBytes, cancellationToken).ConfigureAwait(false);
            var bounds = reader.Bounds;
            var page = new LogPage([block], bounds.Oldest, bounds.Head);

            // Of format 1 a page doesn't tell; where its own events are of the place's epoch the one before is so too.
            if ((page.EpochOf(place.After.Id) ?? page.Batches().First().Epoch) != place.After.Epoch)
            {
                return null;
            }

            instruments?.OnRead(Partition, block.Length, isFromMemory: false);
            mayGoOn = page.IsFar();
            if (mayGoOn)
            {
                await KeepAsync(new StoredPlace(reader, page.Last.GetValueOrDefault())).ConfigureAwait(false);
            }

            return page;
        }
        catch (ReflexException)
        {
            // Removed meanwhile, damaged, out of reach: the owner finds it too, and knows what that means.
            return null;
        }
        finally
        {
            if (!mayGoOn)
            {
                await reader.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task GoOnAsync(CursorPlace after, CancellationToken cancellationToken)
    {
        try
        {
            if (await logs.OpenReaderAsync(Partition, cancellationToken).ConfigureAwait(false) is { } reader)
            {
                var isThere = after.Id.Next >= reader.Bounds.Oldest && after.Id < reader.Bounds.Head;
                await (isThere ? KeepAsync(new StoredPlace(reader, after)) : reader.DisposeAsync()).ConfigureAwait(false);
            }
        }
        catch (ReflexException)
        {
            // The owner goes on serving it.
        }
    }

    /// <summary>Keeps a place to go on from, instead of one that somebody else may have left here.</summary>
    private async ValueTask KeepAsync(StoredPlace? place)
    {
        // A read may end after its reader has, whose call others wait for.
        for (var next = place; ; next = null)
        {
            if (Interlocked.Exchange(ref _place, next) is { } other)
            {
                await other.Reader.DisposeAsync().ConfigureAwait(false);
            }

            if (next is null || !_isEnded)
            {
                return;
            }
        }
    }
}
