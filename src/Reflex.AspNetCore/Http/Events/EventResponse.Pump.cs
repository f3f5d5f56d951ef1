using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Reflex.Cursors;

namespace Reflex.AspNetCore.Http.Events;

internal sealed partial class EventResponse
{
    /// <summary>A write this large is good value for the connection, and a few milliseconds of events at most.</summary>
    private const int WriteSize = 32 * 1024;

    /// <summary>Says what the response is, and that it is to be handed on as it comes.</summary>
    public static void SetHeaders(HttpResponse response, EventFraming framing)
    {
        response.ContentType = framing.ContentType;
        response.Headers.CacheControl = "no-store";

        // nginx and its kin otherwise gather events until a buffer is full.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private async Task StartAsync(Cursor? announced)
    {
        SetHeaders(_context.Response, _framing);
        _context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // A consumer may take its time over an event: a full connection isn't a broken one.
        if (_context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        _keepAlive = _framing.HasKeepAlive ? new PeriodicTimer(_options.KeepAliveInterval, _options.TimeProvider) : null;
        await _context.Response.StartAsync(_ending.Token);
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
                _share!.Rest();
                await WaitAsync();
            }

            if (!await next)
            {
                throw new InvalidOperationException("A stream ended without saying why, which a StreamFunc never does.");
            }

            if (_framing.Buffer.Count == 0)
            {
                await _share!.TakeAsync(buffered: 0, _ending.Token);
            }

            _framing.WriteEvent(_events!.Current);
            _wholeEvents = _framing.Buffer.Count;
            if (_framing.Buffer.Count >= WriteSize)
            {
                await FlushAsync();
            }

            next = MoveNext();
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
            await _share!.TakeAsync(_framing.Buffer.Count, _cutting.Token);
            await _share.SendAsync(_context.Response.BodyWriter.WriteAsync(_framing.Buffer.Written, _cutting.Token));
            _framing.Buffer.Clear();
            _wholeEvents = 0;
        }
        else
        {
            await _context.Response.BodyWriter.FlushAsync(_cutting.Token);
        }
    }
}
