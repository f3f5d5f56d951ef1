using Reflex.Cursors;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Logs;

internal sealed partial class PartitionLog
{
    // How much is looked through at a time, and by one call: a fraction of a second's work, after which its caller hears how far it is.
    private const int PickedReadBytes = 256 * 1024;
    private const long MostLookedThrough = 64 * 1024 * 1024;

    // Who waits for an event that doesn't come hears after this time how far the others have gone on.
    private static readonly TimeSpan PlaceAfter = TimeSpan.FromSeconds(2);

    /// <summary>Reads a page of those events that somebody wants, waiting for one at the head.</summary>
    /// <param name="after">The last event that was looked at, as for <see cref="ReadAsync"/>.</param>
    /// <param name="filter">What is wanted.</param>
    /// <param name="maxBytes">About how much to return.</param>
    /// <param name="wait">How long to wait at the head for an event that is wanted; zero answers at once.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>
    /// The page, which says how far it has looked. It may bring no event; empty, and without having looked at any, it says what an empty
    /// page of <see cref="ReadAsync"/> says.
    /// </returns>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async Task<LogPage> ReadPickedAsync(
        CursorPlace? after, EventFilter filter, int maxBytes, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var started = _timeProvider.GetTimestamp();
        var blocks = new List<ReadOnlyMemory<byte>>();
        var place = after;
        var (looked, picked) = (0L, 0L);
        while (true)
        {
            var left = blocks.Count > 0 ? TimeSpan.Zero : wait - _timeProvider.GetElapsedTime(started);
            var page = await ReadAsync(place, PickedReadBytes, left, cancellationToken).ConfigureAwait(false);
            if (page.Last is not { } last)
            {
                return looked == 0 ? page : page with { Blocks = blocks, ReadTo = place };
            }

            foreach (var batch in page.Batches())
            {
                var before = blocks.Count;
                batch.PickTo(blocks, filter);
                for (var i = before; i < blocks.Count; i++)
                {
                    picked += blocks[i].Length;
                }
            }

            if (looked == 0 && _timeProvider.GetElapsedTime(started) + PlaceAfter is var longest && longest < wait)
            {
                wait = longest;
            }

            place = last;
            looked += page.Bytes;
            // At the head another look would ask the storage whether this is the owner still, which a page that claims nothing needn't.
            var isDone = last.Id >= Bounds.Head && (blocks.Count > 0 || _timeProvider.GetElapsedTime(started) >= wait);
            if (isDone || picked >= maxBytes || looked >= MostLookedThrough)
            {
                return page with { Blocks = blocks, ReadTo = place };
            }

            // What is in memory is there at once: a long look would keep the grain from its appends.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }
}
