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
internal sealed partial class EventResponse(
    HttpContext context, EventFraming framing, ReflexHttpOptions options, CancellationToken stopping, ILogger logger) : IAsyncDisposable
{
    /// <summary>A write this large is good value for the connection, and a few milliseconds of events at most.</summary>
    private const int WriteSize = 32 * 1024;

    // How long a last message may take, to a client that doesn't read or through a connection that is cut right behind it.
    private static readonly TimeSpan LastWriteGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CutGrace = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
    private IAsyncEnumerator<Event>? _events;
    private Task<bool>? _waiting;
    private PeriodicTimer? _keepAlive;
    private Task<bool>? _tick;
    private bool _wroteSinceTick;

    /// <summary>Sends the response.</summary>
    /// <param name="stream">Reads the stream; it ends when its token is cancelled.</param>
    /// <param name="awaitFirst">Whether the first event, or the end, is known soon: then it is awaited before the status is sent.</param>
    /// <param name="announced">A place to tell the client before any event; null to tell none.</param>
    /// <returns>A task that ends with the response. It fails only while the status can still be chosen.</returns>
    public async Task SendAsync(Func<CancellationToken, IAsyncEnumerable<Event>> stream, bool awaitFirst, Cursor? announced)
    {
        _events = stream(_ending.Token).GetAsyncEnumerator(_ending.Token);
        var next = _events.MoveNextAsync();
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
            await StartAsync(announced);
            if (!isEmpty)
            {
                await PumpAsync(next);
            }
        }
        catch (HeadReachedException)
        {
            await FlushAsync(context.RequestAborted);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            ClientLeft(logger, context.Request.Path);
        }
        catch (Exception error)
        {
            await EndAsync(error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        if (_waiting is not null)
        {
            await ((Task)_waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_events is not null)
        {
            await _events.DisposeAsync();
        }

        _keepAlive?.Dispose();
        _ending.Dispose();
    }

    private async Task StartAsync(Cursor? announced)
    {
        var response = context.Response;
        response.ContentType = framing.ContentType;
        response.Headers.CacheControl = "no-store";

        // nginx and its kin otherwise gather events until a buffer is full.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // A consumer may take its time over an event: a full connection isn't a broken one.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        _keepAlive = framing.HasKeepAlive ? new PeriodicTimer(options.KeepAliveInterval, options.TimeProvider) : null;
        await response.StartAsync(_ending.Token);
        if (announced is { } cursor)
        {
            framing.WriteStart(cursor);
        }

        await FlushAsync(_ending.Token);
    }

    private async Task PumpAsync(ValueTask<bool> next)
    {
        while (true)
        {
            if (!next.IsCompleted)
            {
                await FlushAsync(_ending.Token);
                next = new ValueTask<bool>(await WaitAsync(next.AsTask()));
            }

            if (!await next)
            {
                throw new InvalidOperationException("A stream ended without saying why, which a StreamFunc never does.");
            }

            framing.WriteEvent(_events!.Current);
            if (framing.Buffer.Count >= WriteSize)
            {
                await FlushAsync(_ending.Token);
            }

            next = _events.MoveNextAsync();
        }
    }

    /// <summary>Waits for the next event, with a sign of life now and then.</summary>
    private async Task<bool> WaitAsync(Task<bool> next)
    {
        _waiting = next;
        while (_keepAlive is not null && !next.IsCompleted)
        {
            _tick ??= _keepAlive.WaitForNextTickAsync(CancellationToken.None).AsTask();
            await Task.WhenAny(next, _tick);
            if (!_tick.IsCompleted)
            {
                continue;
            }

            _tick = null;
            if (!_wroteSinceTick)
            {
                framing.WriteKeepAlive();
                await FlushAsync(_ending.Token);
            }

            _wroteSinceTick = false;
        }

        var hasNext = await next;
        _waiting = null;
        return hasNext;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (framing.Buffer.Count > 0)
        {
            _wroteSinceTick = true;
            await context.Response.BodyWriter.WriteAsync(framing.Buffer.Written, cancellationToken);
            framing.Buffer.Clear();
        }
        else
        {
            await context.Response.BodyWriter.FlushAsync(cancellationToken);
        }
    }

    private async Task EndAsync(Exception error)
    {
        var isStop = error is StreamStoppedException || (error is OperationCanceledException && stopping.IsCancellationRequested);
        var problem = isStop
            ? ProblemMap.Stopped("The server is stopping; stream again from the last cursor.")
            : ProblemMap.Of(error);
        if (problem.Code == ProblemMap.InternalErrorCode)
        {
            StreamFailed(logger, context.Request.Path, error);
        }

        // What a cancelled write has handed over is not to be sent twice.
        framing.Buffer.Clear();
        framing.WriteEnd(problem, isStop);
        using var grace = new CancellationTokenSource(LastWriteGrace, options.TimeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(grace.Token, context.RequestAborted);
        try
        {
            await FlushAsync(ending.Token);
            if (framing.AbortsOnFailure)
            {
                // The connection's own sending runs behind the write; cut at once, it would often lose the last line.
                await Task.Delay(CutGrace, options.TimeProvider, context.RequestAborted);
                context.Abort();
            }
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }
}
