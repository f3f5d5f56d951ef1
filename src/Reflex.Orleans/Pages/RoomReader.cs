using Reflex.Cursors;
using Reflex.Storage;

namespace Reflex.Orleans.Pages;

/// <summary>Reads one of many partitions, whose pages share a few places in memory. Not thread-safe.</summary>
/// <remarks>
/// While it waits at the head it has no place, and so no page: one that comes when no place is free is let go, and read again once there
/// is one.
/// </remarks>
internal sealed class RoomReader(IPageSource source, PageRoom room, bool toHead)
{
    /// <summary>Up to this size a page takes one place; a larger one, of a large event, takes all.</summary>
    public const int SmallPageBytes = 256 * 1024;

    private bool _mayHaveMore = true;
    private bool _isLarge;

    /// <summary>The next page and how many places it takes, which its reader leaves; null at the head, if that is the end.</summary>
    /// <param name="after">The last event of the page before.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async ValueTask<(LogPage Page, int Places)?> NextAsync(CursorPlace? after, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!_mayHaveMore)
            {
                if (await WaitAsync(after, cancellationToken).ConfigureAwait(false) is { } came)
                {
                    return (came, 1);
                }

                continue;
            }

            var places = _isLarge ? room.Places : 1;
            await (_isLarge ? room.EnterAllAsync(cancellationToken) : room.EnterAsync(cancellationToken)).ConfigureAwait(false);
            var page = await source.ReadAsync(after, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            _isLarge = !page.IsEmpty && places == 1 && page.Bytes > SmallPageBytes;
            if (!page.IsEmpty && !_isLarge)
            {
                _mayHaveMore = HasMore(page);
                return (page, places);
            }

            room.Leave(places);
            _mayHaveMore = _isLarge;
            if (page.IsEmpty && toHead)
            {
                return null;
            }
        }
    }

    /// <summary>Waits for a page at the head; null when none came, or there is no place for it.</summary>
    private async ValueTask<LogPage?> WaitAsync(CursorPlace? after, CancellationToken cancellationToken)
    {
        var page = await source.ReadAsync(after, PartitionStream.PageWait, cancellationToken).ConfigureAwait(false);
        if (page.IsEmpty)
        {
            return null;
        }

        var hasPlace = page.Bytes <= SmallPageBytes && room.TryEnter();
        _mayHaveMore = !hasPlace || HasMore(page);
        return hasPlace ? page : null;
    }

    private bool HasMore(LogPage page) => toHead || page.Last?.Id < page.Head;
}
