using System.Runtime.InteropServices;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Logs;

internal sealed partial class PartitionLog
{
    // How much is looked through at a time: with what was picked before, a page stays below what a reader takes for a large one.
    private const int PieceBytes = 128 * 1024;

    // A call is answered long before its caller gives it up, and sooner when it brings something.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLookWithEvents = TimeSpan.FromMilliseconds(50);

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
    /// page of <see cref="ReadAsync"/> says. What fails after something was looked at fails with the next call, which begins there.
    /// </returns>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async Task<LogPage> ReadPickedAsync(
        CursorPlace? after, EventFilter filter, int maxBytes, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var look = new Look(filter, maxBytes);
        var started = _timeProvider.GetTimestamp();
        while (true)
        {
            var left = look.HasEvents ? TimeSpan.Zero : wait - _timeProvider.GetElapsedTime(started);
            LogPage page;
            try
            {
                page = await ReadAsync(look.Place ?? after, look.NextBytes, left, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (look.Page is not null && error is not (LogFencedException or OperationCanceledException))
            {
                return look.Page;
            }

            // Woken by an append it is on that one's thread, and what is in memory is there at once: neither is to wait for the picking.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (page.IsEmpty)
            {
                return look.Page ?? page;
            }

            var now = _timeProvider.GetTimestamp();
            if (look.Page is null)
            {
                look.Began = now;
                var longest = _timeProvider.GetElapsedTime(started, now) + PlaceAfter;
                wait = longest < wait ? longest : wait;
            }

            look.Add(page);

            // At the head another look would ask the storage whether this is the owner still, which a page that claims nothing needn't.
            var isAtHead = look.Place?.Id >= Bounds.Head;
            var time = _timeProvider.GetElapsedTime(look.Began, now);
            if (look.IsFull
                || (isAtHead ? look.HasEvents || _timeProvider.GetElapsedTime(started, now) >= wait : time >= LongestLook)
                || (look.HasEvents && time >= LongestLookWithEvents))
            {
                return look.Page!;
            }
        }
    }

    /// <summary>What was picked of the pages of one call.</summary>
    private sealed class Look(EventFilter filter, int maxBytes)
    {
        private readonly List<ReadOnlyMemory<byte>> _blocks = [];
        private EventId _oldest;
        private long _picked;

        /// <summary>How far it has looked; null before the first page.</summary>
        public CursorPlace? Place => Page?.ReadTo;

        /// <summary>What there is so far; null before the first page.</summary>
        public LogPage? Page { get; private set; }

        /// <summary>When the first page came.</summary>
        public long Began { get; set; }

        public bool HasEvents => _blocks.Count > 0;

        public bool IsFull => _picked >= maxBytes;

        /// <summary>How much to look at next: no more than has room where all of it is wanted, as the first piece may tell.</summary>
        public int NextBytes => Page is null || HasEvents ? (int)Math.Clamp(maxBytes - _picked, 1, PieceBytes) : PieceBytes;

        public void Add(LogPage page)
        {
            // Where the reader has no place yet, its page begins before the oldest event that there was then.
            _oldest = Page is null ? page.Oldest : _oldest;
            foreach (var batch in page.Batches())
            {
                var before = _blocks.Count;
                batch.PickTo(_blocks, filter);
                for (var i = before; i < _blocks.Count; i++)
                {
                    _blocks[i] = Own(_blocks[i]);
                    _picked += _blocks[i].Length;
                }
            }

            Page = new LogPage(_blocks, _oldest, page.Head) { ReadTo = page.Last };
        }

        /// <summary>A small batch of all that was read would keep the rest in memory.</summary>
        private static ReadOnlyMemory<byte> Own(ReadOnlyMemory<byte> block) =>
            MemoryMarshal.TryGetArray(block, out var array) && array.Array!.Length / 2 > block.Length ? block.ToArray() : block;
    }
}
