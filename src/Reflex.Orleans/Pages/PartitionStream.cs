using System.Runtime.CompilerServices;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Pages;

/// <summary>
/// One partition's pages as a <see cref="StreamFunc"/>. The next page is asked for while one is handled, but not beside a large one, nor
/// one that ends at the head: its events are handed over first, and whatever comes meanwhile is a page of its own.
/// </summary>
/// <param name="source">The pages.</param>
/// <param name="timeProvider">The clock for lag.</param>
internal sealed class PartitionStream(IPageSource source, TimeProvider timeProvider)
{
    /// <summary>How long a page call waits at the head. Asking again is what an idle reader costs.</summary>
    internal static readonly TimeSpan PageWait = TimeSpan.FromMinutes(1);

    /// <summary>The events after a cursor; see <see cref="StreamFunc"/>.</summary>
    /// <param name="after">A single partition's cursor.</param>
    /// <param name="options">How to read.</param>
    /// <param name="cancellationToken">Ends the sequence.</param>
    /// <returns>The events.</returns>
    /// <exception cref="FormatException">The cursor has places for several partitions.</exception>
    public IAsyncEnumerable<Event> StreamAsync(Cursor after, StreamOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return after.Places == 1
            ? ReadEventsAsync(after, options, cancellationToken)
            : throw new FormatException(
                $"The cursor {after} has {after.Places} places; one partition, {source.Partition}, takes a plain event id.");
    }

    /// <summary>The pages after a position, endlessly or up to the head, each with the position before it.</summary>
    internal static async IAsyncEnumerable<(EventId After, LogPage Page)> ReadPagesAsync(
        IPageSource source, CursorPlace? after, StreamOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.FromHead)
        {
            after = await source.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wait = options.ToHead ? TimeSpan.Zero : PageWait;
        var isAhead = false;
        var next = source.ReadAsync(after, wait, ending.Token);
        try
        {
            while (true)
            {
                var page = await next.ConfigureAwait(false);
                if (page.Last is not { } last)
                {
                    // An empty page that was asked for ahead may be outdated by now.
                    if (options.ToHead && !isAhead)
                    {
                        yield break;
                    }

                    isAhead = false;
                    next = source.ReadAsync(after, wait, ending.Token);
                    continue;
                }

                var start = after?.Id ?? new EventId(page.Oldest.Value - 1);
                isAhead = last.Id < page.Head && page.Bytes <= RoomReader.SmallPageBytes;
                after = last;
                if (isAhead)
                {
                    // Whoever says that it would wait joins others at its place, which takes its time; far from the head nobody is there.
                    next = source.ReadAsync(after, page.IsFar() ? TimeSpan.Zero : wait, ending.Token);
                }

                yield return (start, page);
                if (!isAhead)
                {
                    next = source.ReadAsync(after, wait, ending.Token);
                }
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits until an event is old enough; answers false when the stream is to end at such an event.</summary>
    internal static async ValueTask<bool> WaitOutLagAsync(
        Event e, StreamOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        while (options.PauseBefore(e, timeProvider) is var pause && pause > TimeSpan.Zero)
        {
            if (options.ToHead)
            {
                return false;
            }

            await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async IAsyncEnumerable<Event> ReadEventsAsync(
        Cursor cursor, StreamOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (after, page) in ReadPagesAsync(source, cursor.Of(0), options, cancellationToken).ConfigureAwait(false))
        {
            foreach (var e in page.Events(after, source.Partition.Index))
            {
                if (options.Lag > TimeSpan.Zero
                    && !await WaitOutLagAsync(e, options, timeProvider, cancellationToken).ConfigureAwait(false))
                {
                    throw new HeadReachedException(source.Partition.Stream);
                }

                cancellationToken.ThrowIfCancellationRequested();
                yield return e;
            }

            if (page.ReadTo is { } readTo)
            {
                options.Passed?.Invoke(Cursor.After(readTo));
            }
        }

        throw new HeadReachedException(source.Partition.Stream);
    }
}
