using Microsoft.Extensions.Logging;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Limits;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>Sends the events of a stream as one response, for as long as the client and the server want.</summary>
/// <remarks>
/// <para>While the next event is there, events gather and leave in large writes; the moment that it isn't, what has gathered
/// leaves. A client that reads slowly holds up its own response only: a write waits until the connection takes it, and nothing
/// more is read meanwhile.</para>
/// <para>Endings: at the head (when asked for) the response ends normally. When the server stops, or the reading fails, a last
/// Server-Sent Event or line says why. Server-Sent Events then end normally, since an EventSource reconnects anyhow; lines end
/// with a reset connection, so that nobody takes half a stream for a whole one.</para>
/// </remarks>
internal sealed partial class EventResponse : IAsyncDisposable
{
    // What a stopping server gives a client that reads too slowly to take the last message at once.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    // What the connection gets to send the last line before it is cut.
    private static readonly TimeSpan CutGrace = TimeSpan.FromMilliseconds(100);

    private readonly HttpContext _context;
    private readonly EventFraming _framing;
    private readonly ReflexHttpOptions _options;
    private readonly ReadingBudget _budget;
    private readonly CancellationToken _stopping;
    private readonly ILogger _logger;

    // Ends the reading; the writing goes on for the last message, until the server cuts a connection whose write is cancelled.
    private readonly CancellationTokenSource _ending;
    private readonly CancellationTokenSource _cutting;
    private readonly CancellationTokenRegistration _stopGrace;
    private IAsyncEnumerator<Event>? _events;
    private ReadingShare? _share;
    private Task<bool> _waiting = Task.FromResult(true);
    private PeriodicTimer? _keepAlive;
    private Task<bool>? _tick;
    private bool _wroteSinceTick;

    // Where the last whole event ends in the buffer: an event whose writing failed half-way is cut off again.
    private int _wholeEvents;

    public EventResponse(
        HttpContext context,
        EventFraming framing,
        ReflexHttpOptions options,
        ReadingBudget budget,
        CancellationToken stopping,
        ILogger logger)
    {
        _context = context;
        _framing = framing;
        _options = options;
        _budget = budget;
        _stopping = stopping;
        _logger = logger;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        _cutting = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.TimeProvider);
        _stopGrace = stopping.UnsafeRegister(cutting => ((CancellationTokenSource)cutting!).CancelAfter(StopGrace), _cutting);
    }

    private bool IsCut => _context.RequestAborted.IsCancellationRequested || _cutting.IsCancellationRequested;

    /// <summary>Sends the response.</summary>
    /// <param name="stream">Reads the stream; it ends when its token is cancelled.</param>
    /// <param name="partitions">How many partitions that reads.</param>
    /// <param name="hasEvents">Whether it is known to begin with events that are there.</param>
    /// <param name="awaitFirst">Whether the first event, or the end, is known soon: then it is awaited before the status is sent.</param>
    /// <param name="announced">A place to tell the client before any event; null to tell none.</param>
    /// <returns>A task that ends with the response. It fails only while the status can still be chosen.</returns>
    public async Task SendAsync(
        Func<CancellationToken, IAsyncEnumerable<Event>> stream, int partitions, bool hasEvents, bool awaitFirst, Cursor? announced)
    {
        _share = await _budget.OpenAsync(_context.Request.Path, partitions, hasEvents, _cutting.Cancel, _ending.Token);
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

            // Cut between two writes, it would end as if it were whole: the server aborts only a write that is under way.
            _context.Abort();
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

    private async Task EndAsync(Exception error)
    {
        var isStop = error is StreamStoppedException || (error is OperationCanceledException && _stopping.IsCancellationRequested);
        var problem = isStop
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

        _framing.Buffer.CutTo(_wholeEvents);
        _framing.WriteEnd(problem, isStop);
        await FlushAsync();
        if (_framing.AbortsOnFailure)
        {
            // The connection's own sending comes after the write; cut at once, it would often lose the last line.
            await Task.Delay(CutGrace, _options.TimeProvider, _context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _context.Abort();
        }
    }
}
