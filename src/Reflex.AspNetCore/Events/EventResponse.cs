using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Reflex.AspNetCore.Problems;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Events;

/// <summary>Sends the events of a stream as one response, for as long as the client and the server want.</summary>
/// <remarks>
/// <para>While the next event is there, events gather and leave in large writes; the moment that it isn't, what has gathered
/// leaves. A client that reads slowly holds up its own response only: a write waits until the connection takes it, and nothing
/// more is read meanwhile.</para>
/// <para>Endings: at the head (when asked for) the response ends normally. When the server stops, or the reading fails, a last
/// Server-Sent Event or line says why. Server-Sent Events then end normally, since an EventSource reconnects anyhow; lines end
/// without the response's last chunk, so that nobody takes half a stream for a whole one.</para>
/// </remarks>
internal sealed partial class EventResponse : IAsyncDisposable
{
    /// <summary>A write this large is good value for the connection, and a few milliseconds of events at most.</summary>
    private const int WriteSize = 32 * 1024;

    // What a stopping server gives a client that reads too slowly to take the last message at once.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    // What the connection gets to send the last line before it is cut.
    private static readonly TimeSpan CutGrace = TimeSpan.FromMilliseconds(100);

    private readonly HttpContext _context;
    private readonly EventFraming _framing;
    private readonly ReflexHttpOptions _options;
    private readonly CancellationToken _stopping;
    private readonly ILogger _logger;

    // Ends the reading; the writing goes on for the last message, until the server cuts a connection whose write is cancelled.
    private readonly CancellationTokenSource _ending;
    private readonly CancellationTokenSource _cutting;
    private readonly CancellationTokenRegistration _stopGrace;
    private IAsyncEnumerator<Event>? _events;
    private Task<bool> _waiting = Task.FromResult(true);
    private PeriodicTimer? _keepAlive;
    private Task<bool>? _tick;
    private bool _wroteSinceTick;

    public EventResponse(
        HttpContext context, EventFraming framing, ReflexHttpOptions options, CancellationToken stopping, ILogger logger)
    {
        _context = context;
        _framing = framing;
        _options = options;
        _stopping = stopping;
        _logger = logger;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        _cutting = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.TimeProvider);
        _stopGrace = stopping.UnsafeRegister(cutting => ((CancellationTokenSource)cutting!).CancelAfter(StopGrace), _cutting);
    }

    private bool IsCut => _context.RequestAborted.IsCancellationRequested || _cutting.IsCancellationRequested;

    /// <summary>Sends the response.</summary>
    /// <param name="stream">Reads the stream; it ends when its token is cancelled.</param>
    /// <param name="awaitFirst">Whether the first event, or the end, is known soon: then it is awaited before the status is sent.</param>
    /// <param name="announced">A place to tell the client before any event; null to tell none.</param>
    /// <returns>A task that ends with the response. It fails only while the status can still be chosen.</returns>
    public async Task SendAsync(Func<CancellationToken, IAsyncEnumerable<Event>> stream, bool awaitFirst, Cursor? announced)
    {
        _events = stream(_ending.Token).GetAsyncEnumerator(_ending.Token);
        var next = MoveNext();
        var isEmpty = false;
        if (awaitFirst)
        {
            try
            {
                next = ValueTask.FromResult(await next);
            }
            catch (HeadReachedException)
            {
                isEmpty = true;
            }
        }

        try
        {
            await SendBodyAsync(isEmpty ? null : next, announced);
        }
        catch (Exception) when (IsCut)
        {
            ClientLeft(_logger, _context.Request.Path);
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

        _keepAlive?.Dispose();
        await _stopGrace.DisposeAsync();
        _cutting.Dispose();
        _ending.Dispose();
    }

    private async Task SendBodyAsync(ValueTask<bool>? next, Cursor? announced)
    {
        try
        {
            await StartAsync(announced);
            if (next is { } first)
            {
                await PumpAsync(first);
            }
        }
        catch (HeadReachedException)
        {
            await FlushAsync();
        }
        catch (Exception error) when (!IsCut)
        {
            await EndAsync(error);
        }
    }

    private async Task StartAsync(Cursor? announced)
    {
        var response = _context.Response;
        response.ContentType = _framing.ContentType;
        response.Headers.CacheControl = "no-store";

        // nginx and its kin otherwise gather events until a buffer is full.
        response.Headers["X-Accel-Buffering"] = "no";
        _context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // A consumer may take its time over an event: a full connection isn't a broken one.
        if (_context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        _keepAlive = _framing.HasKeepAlive ? new PeriodicTimer(_options.KeepAliveInterval, _options.TimeProvider) : null;
        await response.StartAsync(_ending.Token);
        if (announced is { } cursor)
        {
            _framing.WriteStart(cursor);
        }

        await FlushAsync();
    }

    private async Task PumpAsync(ValueTask<bool> next)
    {
        while (true)
        {
            if (!next.IsCompleted)
            {
                await FlushAsync();
                await WaitAsync();
            }

            if (!await next)
            {
                throw new InvalidOperationException("A stream ended without saying why, which a StreamFunc never does.");
            }

            _framing.WriteEvent(_events!.Current);
            if (_framing.Buffer.Count >= WriteSize)
            {
                await FlushAsync();
            }

            next = MoveNext();
        }
    }

    /// <summary>Asks for the next event, and remembers that it was asked for: it must have come before the reading can be disposed.</summary>
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

    /// <summary>Waits for the next event, with a sign of life now and then.</summary>
    private async Task WaitAsync()
    {
        while (_keepAlive is not null && !_waiting.IsCompleted)
        {
            _tick ??= _keepAlive.WaitForNextTickAsync(CancellationToken.None).AsTask();
            await Task.WhenAny(_waiting, _tick);
            if (!_tick.IsCompleted)
            {
                continue;
            }

            _tick = null;
            if (!_wroteSinceTick)
            {
                _framing.WriteKeepAlive();
                await FlushAsync();
            }

            _wroteSinceTick = false;
        }
    }

    private async ValueTask FlushAsync()
    {
        if (_framing.Buffer.Count > 0)
        {
            _wroteSinceTick = true;
            await _context.Response.BodyWriter.WriteAsync(_framing.Buffer.Written, _cutting.Token);
            _framing.Buffer.Clear();
        }
        else
        {
            await _context.Response.BodyWriter.FlushAsync(_cutting.Token);
        }
    }

    private async Task EndAsync(Exception error)
    {
        var isStop = error is StreamStoppedException || (error is OperationCanceledException && _stopping.IsCancellationRequested);
        var problem = isStop
            ? ProblemMap.Stopped("The server is stopping; stream again from the last cursor.")
            : ProblemMap.Of(error);
        if (problem.Code == ProblemMap.InternalErrorCode)
        {
            StreamFailed(_logger, _context.Request.Path, error);
        }

        _framing.Buffer.Clear();
        _framing.WriteEnd(problem, isStop);
        await FlushAsync();
        if (_framing.AbortsOnFailure)
        {
            // The connection's own sending runs behind the write; cut at once, it would often lose the last line.
            await Task.Delay(CutGrace, _options.TimeProvider, _context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _context.Abort();
        }
    }
}
