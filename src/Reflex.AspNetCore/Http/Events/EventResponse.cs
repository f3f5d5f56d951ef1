using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Reflex.AspNetCore.Errors;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>Sends the events of a stream as one response, for as long as the client and the server want.</summary>
/// <remarks>
/// <para>How events gather and leave, <see cref="EventPump"/> says.</para>
/// <para>Endings: at the head (when asked for) the response ends normally. When the server stops, or the reading fails, a last
/// Server-Sent Event or line says why. Server-Sent Events then end normally, since an EventSource reconnects anyhow; lines end
/// with a reset connection, so that nobody takes half a stream for a whole one.</para>
/// </remarks>
internal sealed partial class EventResponse : IAsyncDisposable
{
    /// <summary>A write this large is good value for the connection, and a few milliseconds of events at most.</summary>
    private const int WriteSize = 32 * 1024;

    // What the connection gets to send the last line before it is cut.
    private static readonly TimeSpan CutGrace = TimeSpan.FromMilliseconds(100);

    private readonly HttpContext _context;
    private readonly TextEventWriter _writer;
    private readonly ReflexHttpOptions _options;
    private readonly CancellationToken _stopping;
    private readonly ILogger _logger;
    private readonly EventPump _pump;
    private PeriodicTimer? _keepAlive;
    private Task<bool>? _tick;

    public EventResponse(
        HttpContext context,
        TextEventWriter writer,
        ReflexHttpOptions options,
        ReadingBudget budget,
        CancellationToken stopping,
        ILogger logger)
    {
        _context = context;
        _writer = writer;
        _options = options;
        _stopping = stopping;
        _logger = logger;
        _pump = new EventPump(context.Response, budget, writer, WriteSize, context.RequestAborted, stopping, options.TimeProvider);
    }

    private bool IsCut => _context.RequestAborted.IsCancellationRequested || _pump.Cutting.IsCancellationRequested;

    /// <summary>Says what the response is, and that it is to be handed on as it comes.</summary>
    public static void SetHeaders(HttpResponse response, TextEventWriter writer)
    {
        response.ContentType = writer.ContentType;
        response.Headers.CacheControl = "no-store";

        // nginx and its kin otherwise gather events until a buffer is full.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Sends the response.</summary>
    /// <param name="reading">Reads the stream.</param>
    /// <param name="awaitFirst">Whether the first event, or the end, is known soon: then it is awaited before the status is sent.</param>
    /// <param name="announced">A place to tell the client before any event; null to tell none.</param>
    /// <returns>A task that ends with the response. It fails only while the status can still be chosen.</returns>
    public async Task SendAsync(StreamReading reading, bool awaitFirst, Cursor? announced)
    {
        await _pump.OpenAsync(reading.Start.Partitions, reading.Start.HasEvents);
        _pump.Mark = reading.Mark;
        var next = _pump.Begin(reading.Read);
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

            // Cut between two writes, it would end as if it were whole: the server aborts only a write that is under way.
            _context.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pump.DisposeAsync();
        _keepAlive?.Dispose();
    }

    private async Task SendBodyAsync(ValueTask<bool>? next, Cursor? announced)
    {
        try
        {
            await StartAsync(announced);
            if (next is { } first)
            {
                await _pump.RunAsync(first, _keepAlive is null ? null : WaitAsync);
            }
        }
        catch (HeadReachedException)
        {
            if (_pump.Mark?.TryTake(out var readTo) == true)
            {
                _writer.WritePlace(readTo);
            }

            await _pump.FlushAsync();
        }
        catch (Exception error) when (!IsCut)
        {
            await EndAsync(error);
        }
    }

    private async Task StartAsync(Cursor? announced)
    {
        SetHeaders(_context.Response, _writer);
        _context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // A consumer may take its time over an event: a full connection isn't a broken one.
        if (_context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        _keepAlive = _writer.HasKeepAlive ? new PeriodicTimer(_options.KeepAliveInterval, _options.TimeProvider) : null;
        await _context.Response.StartAsync(_pump.Ending);
        if (announced is { } cursor)
        {
            _writer.WritePlace(cursor);
        }

        if (_writer.Buffer.Count > 0)
        {
            await _pump.FlushAsync();
        }
        else
        {
            await _context.Response.BodyWriter.FlushAsync(_pump.Cutting);
        }
    }

    /// <summary>Gives a sign of life now and then until the next event is there.</summary>
    private async Task WaitAsync(Task next)
    {
        while (!next.IsCompleted)
        {
            _tick ??= _keepAlive!.WaitForNextTickAsync(CancellationToken.None).AsTask();
            await Task.WhenAny(next, _tick);
            if (!_tick.IsCompleted)
            {
                continue;
            }

            _tick = null;
            if (_pump.Mark?.TryTake(out var readTo) == true)
            {
                _writer.WritePlace(readTo);
                await _pump.FlushAsync();
            }
            else if (!_pump.HasSent)
            {
                _writer.WriteKeepAlive();
                await _pump.FlushAsync();
            }

            _pump.HasSent = false;
        }
    }

    private async Task EndAsync(Exception error)
    {
        var isStop = error is StreamStoppedException || (error is OperationCanceledException && _stopping.IsCancellationRequested);
        var problem = isStop && _stopping.IsCancellationRequested
            ? ProblemMap.Stopped("The server is stopping; stream again from the last cursor.")
            : ProblemMap.Of(error);
        if (problem.Code == ProblemMap.InternalErrorCode)
        {
            StreamFailed(_logger, _context.Request.Path, LogReference.Id, error);
        }
        else if (LogReference.IsNeededFor(error))
        {
            StreamEnded(_logger, _context.Request.Path, LogReference.Id, error.Message);
        }

        _writer.WriteEnd(problem, isStop);
        await _pump.FlushAsync();
        if (_writer.AbortsOnFailure)
        {
            // The connection's own sending comes after the write; cut at once, it would often lose the last line.
            await Task.Delay(CutGrace, _options.TimeProvider, _context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _context.Abort();
        }
    }
}
