using Reflex.AspNetCore.Limits;
using Reflex.Events;

namespace Reflex.AspNetCore.Reading;

/// <summary>Takes the events of a stream to a response, for as long as the client and the server want.</summary>
/// <remarks>
/// While the next event is there, events gather and leave in large writes; the moment that it isn't, what has gathered leaves. A
/// client that reads slowly holds up its own response only: a write waits until the connection takes it, and nothing more is read
/// meanwhile. What has gathered when the reading ends is left to <see cref="FlushAsync"/>. Not thread-safe, but for
/// <see cref="EndAsync"/>.
/// </remarks>
internal sealed class EventPump : IAsyncDisposable
{
    // What a stopping server gives a client that reads too slowly to take the last events, or a last message, at once.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly HttpResponse _response;
    private readonly ReadingBudget _budget;
    private readonly EventWriter _writer;
    private readonly int _writeSize;

    // Ends the reading; the writing goes on for what has been read, until it is cut.
    private readonly CancellationTokenSource _ending;
    private readonly CancellationTokenSource _cutting;
    private readonly CancellationTokenRegistration _stopGrace;
    private IAsyncEnumerator<Event>? _events;
    private ReadingShare? _share;
    private Task<bool> _waiting = Task.FromResult(true);

    /// <summary>Creates a pump, which does nothing yet.</summary>
    /// <param name="response">Where the events go.</param>
    /// <param name="budget">What all responses share.</param>
    /// <param name="writer">Writes the events; its owner disposes it.</param>
    /// <param name="writeSize">How many bytes are worth a write though more events are there.</param>
    /// <param name="gone">Cancelled when the client wants no more.</param>
    /// <param name="stopping">Cancelled when the server stops.</param>
    /// <param name="timeProvider">Measures the time that is left then.</param>
    public EventPump(
        HttpResponse response,
        ReadingBudget budget,
        EventWriter writer,
        int writeSize,
        CancellationToken gone,
        CancellationToken stopping,
        TimeProvider timeProvider)
    {
        _response = response;
        _budget = budget;
        _writer = writer;
        _writeSize = writeSize;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        _cutting = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        _stopGrace = stopping.UnsafeRegister(cutting => ((CancellationTokenSource)cutting!).CancelAfter(StopGrace), _cutting);
    }

    /// <summary>Cancelled when the client or the server wants no more.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Cancelled when no more may be written: others need the room, or the server, which stops, has waited enough.</summary>
    public CancellationToken Cutting => _cutting.Token;

    /// <summary>How far the stream was read without an event, of a stream of which only some are wanted.</summary>
    public ReadMark? Mark { get; set; }

    /// <summary>Whether something was sent; whoever asks may set it back.</summary>
    public bool HasSent { get; set; }

    /// <summary>Takes the room that the reading needs as long as it lasts. Once, and first.</summary>
    /// <exception cref="ServerBusyException">There was no room in time.</exception>
    public async ValueTask OpenAsync(int partitions, bool hasEvents) => _share = await _budget.OpenAsync(
        _response.HttpContext.Request.Path, partitions, hasEvents, _cutting.Cancel, _ending.Token);

    /// <summary>Begins to read. Once, after the room is taken.</summary>
    /// <param name="read">Reads the stream; it ends when its token is cancelled.</param>
    /// <returns>Whether the first event is there: to be handed to <see cref="RunAsync"/>.</returns>
    public ValueTask<bool> Begin(Func<CancellationToken, IAsyncEnumerable<Event>> read)
    {
        _events = read(_ending.Token).GetAsyncEnumerator(_ending.Token);
        return MoveNext();
    }

    /// <summary>Sends events until the reading, or the writing, ends with an exception.</summary>
    /// <param name="next">Whether the first event is there.</param>
    /// <param name="waitAsync">What to do until an event is there, ending then; null for nothing.</param>
    public async Task RunAsync(ValueTask<bool> next, Func<Task, Task>? waitAsync)
    {
        while (true)
        {
            if (!next.IsCompleted)
            {
                await FlushAsync();
                _share!.Rest();
                if (waitAsync is not null)
                {
                    await waitAsync(_waiting);
                }
            }

            if (!await next)
            {
                throw new InvalidOperationException("A stream ended without saying why, which a StreamFunc never does.");
            }

            if (_writer.Buffer.Count == 0)
            {
                await _share!.TakeAsync(buffered: 0, _ending.Token);
            }

            // Told after the event, a place before it would have the event come again.
            Mark?.Clear();
            _writer.Add(_events!.Current);
            if (_writer.Buffer.Count >= _writeSize)
            {
                await FlushAsync();
            }

            next = MoveNext();
        }
    }

    /// <summary>Sends what has gathered.</summary>
    public async ValueTask FlushAsync()
    {
        _writer.Complete();
        if (_writer.Buffer.Count > 0)
        {
            HasSent = true;
            await _share!.TakeAsync(_writer.Buffer.Count, _cutting.Token);
            await _share.SendAsync(_response.BodyWriter.WriteAsync(_writer.Buffer.Written, _cutting.Token));
            _writer.Buffer.Clear();
        }
    }

    /// <summary>Ends the reading, for a reason that the caller knows.</summary>
    public Task EndAsync() => _ending.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await ((Task)_waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_events is not null)
        {
            await _events.DisposeAsync();
        }

        _share?.Dispose();
        await _stopGrace.DisposeAsync();
        _cutting.Dispose();
        _ending.Dispose();
    }

    /// <summary>Asks for the next event, and remembers it: it must have come before the reading can be disposed.</summary>
    private ValueTask<bool> MoveNext()
    {
        var next = _events!.MoveNextAsync();
        if (next.IsCompleted)
        {
            return next;
        }

        _waiting = next.AsTask();
        return new ValueTask<bool>(_waiting);
    }
}
