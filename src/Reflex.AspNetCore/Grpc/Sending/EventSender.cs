using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Reflex.AspNetCore.Limits;
using Reflex.Events;

namespace Reflex.AspNetCore.Grpc.Sending;

/// <summary>Sends the events of a stream as the responses of one call, for as long as the client and the server want.</summary>
/// <remarks>
/// <para>The messages are written by hand into the response's own writer, since gRPC's takes a message object for every event.
/// While the next event is there, events gather and leave in large writes; the moment that it isn't, what has gathered leaves. A
/// client that reads slowly holds up its own call only: a write waits until the connection takes it, and nothing more is read
/// meanwhile.</para>
/// <para>Sending never ends without an exception, which tells the status. Whole events that were gathered before it are sent.</para>
/// </remarks>
internal sealed class EventSender : IAsyncDisposable
{
    /// <summary>A write this large is good value for the connection, and a few milliseconds of events at most.</summary>
    private const int WriteSize = 64 * 1024;

    // What a stopping server gives a client that reads too slowly to take the last events at once.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly HttpResponse _response;
    private readonly ReadingBudget _budget;
    private readonly EventFrames _frames;

    // Ends the reading; the writing goes on for what has been read, until it is cut.
    private readonly CancellationTokenSource _ending;
    private readonly CancellationTokenSource _cutting;
    private readonly CancellationTokenRegistration _stopGrace;
    private IAsyncEnumerator<Event>? _events;
    private ReadingShare? _share;
    private Task<bool> _waiting = Task.FromResult(true);

    public EventSender(ServerCallContext call, EventFrames frames, TimeProvider timeProvider)
    {
        var http = call.GetHttpContext();
        var stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        _response = http.Response;
        _budget = http.RequestServices.GetRequiredService<ReadingBudget>();
        _frames = frames;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, stopping);
        _cutting = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        _stopGrace = stopping.UnsafeRegister(cutting => ((CancellationTokenSource)cutting!).CancelAfter(StopGrace), _cutting);
    }

    /// <summary>Cancelled when the client or the server wants no more.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Ends the reading, for a reason that the caller knows.</summary>
    public Task EndAsync() => _ending.CancelAsync();

    /// <summary>Sends the headers, so that the client knows that its call is accepted, and then the events.</summary>
    /// <param name="read">Reads the stream; it ends when its token is cancelled.</param>
    /// <param name="partitions">How many partitions that reads.</param>
    /// <param name="hasEvents">Whether it is known to begin with events that are there.</param>
    public async Task SendAsync(Func<CancellationToken, IAsyncEnumerable<Event>> read, int partitions, bool hasEvents)
    {
        _share = await _budget.OpenAsync(_response.HttpContext.Request.Path, partitions, hasEvents, _cutting.Cancel, _ending.Token);

        // A write that is cancelled cuts the call, which would lose the status of a server that stops just now.
        await _response.StartAsync(_cutting.Token);
        await _response.BodyWriter.FlushAsync(_cutting.Token);
        _events = read(_ending.Token).GetAsyncEnumerator(_ending.Token);
        try
        {
            await PumpAsync();
        }
        finally
        {
            await FlushAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await ((Task)_waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_events is not null)
        {
            await _events.DisposeAsync();
        }

        _share?.Dispose();
        _frames.Dispose();
        await _stopGrace.DisposeAsync();
        _cutting.Dispose();
        _ending.Dispose();
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            var next = MoveNext();
            if (!next.IsCompleted)
            {
                await FlushAsync();
                _share!.Rest();
            }

            if (!await next)
            {
                throw new InvalidOperationException("A stream ended without saying why, which a StreamFunc never does.");
            }

            if (_frames.Buffer.Count == 0)
            {
                await _share!.TakeAsync(buffered: 0, _ending.Token);
            }

            _frames.Add(_events!.Current);
            if (_frames.Buffer.Count >= WriteSize)
            {
                await FlushAsync();
            }
        }
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

    private async ValueTask FlushAsync()
    {
        _frames.Complete();
        if (_frames.Buffer.Count > 0)
        {
            await _share!.TakeAsync(_frames.Buffer.Count, _cutting.Token);
            await _share.SendAsync(_response.BodyWriter.WriteAsync(_frames.Buffer.Written, _cutting.Token));
            _frames.Buffer.Clear();
        }
    }
}
