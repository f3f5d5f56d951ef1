using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Pages;

/// <summary>All partitions of a stream as one <see cref="StreamFunc"/>, whose cursor is the vector of their positions.</summary>
/// <remarks>
/// Each partition's order is kept; between partitions there is none. A few pages are in memory at a time, however many partitions there
/// are: a page that comes when there is no place for it is let go, and read again in its turn.
/// </remarks>
/// <param name="sources">The pages of every partition, in their order.</param>
/// <param name="timeProvider">The clock for lag.</param>
internal sealed class WholeStream(IReadOnlyList<IPageSource> sources, TimeProvider timeProvider)
{
    // Enough to read ahead while one is handled.
    private const int Places = 4;

    private StreamName Name => sources[0].Partition.Stream;

    /// <summary>The events after a cursor; see <see cref="StreamFunc"/>.</summary>
    /// <param name="after">Empty, or a cursor with a place for each partition.</param>
    /// <param name="options">How to read.</param>
    /// <param name="cancellationToken">Ends the sequence.</param>
    /// <returns>The events.</returns>
    /// <exception cref="FormatException">The cursor has another number of places.</exception>
    public IAsyncEnumerable<Event> StreamAsync(Cursor after, StreamOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (sources.Count == 1)
        {
            return new PartitionStream(sources[0], timeProvider).StreamAsync(after, options, cancellationToken);
        }

        return after.IsEmpty || after.Places == sources.Count
            ? ReadEventsAsync(after.IsEmpty ? Cursor.ForPartitions(sources.Count) : after, options, cancellationToken)
            : throw new FormatException(
                $"The cursor {after} has {after.Places} place(s) but the stream '{Name}' has {sources.Count} partitions: "
                + "use a cursor with one place for each, or read a single partition.");
    }

    private async IAsyncEnumerable<Event> ReadEventsAsync(
        Cursor cursor, StreamOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.FromHead)
        {
            cursor = await GetHeadsAsync(cursor, cancellationToken).ConfigureAwait(false);
            options = options with { FromHead = false };
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var room = new PageRoom(Places);
        var pages = Channel.CreateBounded<(int Partition, EventId After, LogPage Page, int Places)>(Places);
        var readers = ReadAllAsync(pages.Writer, room, cursor, options, ending.Token);
        try
        {
            var atHead = new HashSet<int>();
            await foreach (var (partition, after, page, places) in pages.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                CursorPlace handedOut = after;
                foreach (var e in atHead.Contains(partition) ? [] : page.Events(after, partition, cursor))
                {
                    if (options.Lag > TimeSpan.Zero
                        && !await PartitionStream.WaitOutLagAsync(e, options, timeProvider, cancellationToken).ConfigureAwait(false))
                    {
                        atHead.Add(partition);
                        break;
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                    handedOut = e.Place;
                    yield return e;
                }

                if (page.ReadTo is { } readTo && !atHead.Contains(partition))
                {
                    handedOut = readTo;
                }

                if (handedOut.Id > after)
                {
                    cursor = cursor.With(partition, handedOut).Settle();
                    if (page.ReadTo is not null)
                    {
                        options.Passed?.Invoke(cursor);
                    }
                }

                room.Leave(places);
            }

            throw new HeadReachedException(Name);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await readers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Cursor> GetHeadsAsync(Cursor cursor, CancellationToken cancellationToken)
    {
        var heads = await Task.WhenAll(sources.Select(source => source.GetHeadAsync(cancellationToken))).ConfigureAwait(false);
        for (var i = 0; i < heads.Length; i++)
        {
            cursor = cursor.With(i, heads[i]);
        }

        return cursor.Settle();
    }

    /// <summary>Reads every partition into the channel and closes it: with the first failure, or when all are at their heads.</summary>
    private async Task ReadAllAsync(
        ChannelWriter<(int Partition, EventId After, LogPage Page, int Places)> pages,
        PageRoom room,
        Cursor cursor,
        StreamOptions options,
        CancellationToken cancellationToken)
    {
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Task.WhenAll(sources.Select(ReadAsync)).ConfigureAwait(false);
            pages.TryComplete();
        }
        catch (Exception error)
        {
            // Unless the failing partition has said so already, the reason is that the caller ended the sequence.
            pages.TryComplete(error);
        }

        async Task ReadAsync(IPageSource source)
        {
            try
            {
                var reader = new RoomReader(source, room, options.ToHead);
                var after = cursor.Of(source.Partition.Index);
                while (await reader.NextAsync(after, failing.Token).ConfigureAwait(false) is var (page, places))
                {
                    var start = after?.Id ?? new EventId(page.Oldest.Value - 1);
                    after = page.Last;
                    await pages.WriteAsync((source.Partition.Index, start, page, places), failing.Token).ConfigureAwait(false);
                }
            }
            catch (Exception error)
            {
                pages.TryComplete(error);
                await failing.CancelAsync().ConfigureAwait(false);
                throw;
            }
            finally
            {
                await source.EndAsync().ConfigureAwait(false);
            }
        }
    }
}
