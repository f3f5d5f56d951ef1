using Grpc.Core;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Grpc.Streams;
using Reflex.Grpc.Wire;
using Reflex.Streams;

namespace Reflex.Grpc.Consumers;

/// <summary>One call of a server's Consume: events come, acknowledgements go. One reader; acknowledgements from any thread.</summary>
/// <remarks>
/// An acknowledgement stands for all events before its own, so that while one is being written only the newest of the next waits.
/// The call doesn't end with its reader's token: what was acknowledged is written first, by <see cref="CompleteAsync"/>.
/// </remarks>
internal sealed class ConsumeCall : IDisposable
{
    private readonly AsyncDuplexStreamingCall<Reflexpb.ConsumeRequest, Reflexpb.Event> _call;
    private readonly CancellationTokenSource _ending;
    private readonly CallContext _context;
    private readonly Lock _lock = new();
    private Task<bool>? _next;
    private Cursor? _acknowledged;
    private Task<Exception?> _written;
    private bool _writing = true;

    public ConsumeCall(
        Func<CallOptions, AsyncDuplexStreamingCall<Reflexpb.ConsumeRequest, Reflexpb.Event>> open,
        Metadata headers,
        CallContext context,
        StreamOptions streaming)
    {
        _context = context;
        _ending = new CancellationTokenSource();
        _call = open(new CallOptions(headers, cancellationToken: _ending.Token));
        _written = WriteAllAsync(
            new Reflexpb.ConsumeRequest { ConsumerId = context.Consumer.Value, Options = StreamRequests.Options(streaming) });
    }

    /// <summary>Waits until the server has taken the consumer over, which it says by a header.</summary>
    /// <param name="options">How long each of its words may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForAnswerAsync(ReflexGrpcClientOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var headers = await _call.ResponseHeadersAsync.WaitAsync(options.CallTimeout, options.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
            if (headers.Get(CallHeaders.Consumer) is not null)
            {
                return;
            }

            // A refusal has headers too, which don't name the consumer; why it is refused is what the call ends with.
            await _call.ResponseStream.MoveNext(CancellationToken.None)
                .WaitAsync(options.CallTimeout, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            throw new RemoteCallException(
                $"Could not {_context.What}: the server's answer has no header '{CallHeaders.Consumer}', so that it may not hold it.",
                "FailedPrecondition",
                isTransient: false);
        }
        catch (TimeoutException error)
        {
            throw new ClusterUnavailableException(_context.What, error);
        }
        catch (RpcException error)
        {
            throw ErrorDecoder.Decode(error, _context);
        }
    }

    /// <summary>The next event; null when the server has ended the call without an error.</summary>
    public async ValueTask<Event?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _next ??= _call.ResponseStream.MoveNext(CancellationToken.None);
            var hasNext = await _next.WaitAsync(cancellationToken).ConfigureAwait(false);
            _next = null;
            return hasNext ? EventMessages.Convert(_call.ResponseStream.Current)[0] : null;
        }
        catch (RpcException error)
        {
            throw ErrorDecoder.Decode(error, _context);
        }
        catch (InvalidDataException error)
        {
            throw new RemoteCallException(
                $"Could not {_context.What}: the server sent what is no event. {error.Message}", "DataLoss", isTransient: false, error);
        }
    }

    /// <summary>Acknowledges an event, and all before it. A call that has failed says so to its reader.</summary>
    public void Acknowledge(Cursor cursor)
    {
        lock (_lock)
        {
            _acknowledged = cursor;
            if (_writing)
            {
                return;
            }

            _writing = true;
            _written = WriteAllAsync(first: null);
        }
    }

    /// <summary>Writes what was acknowledged, and ends the call when the server has stored it.</summary>
    /// <param name="options">How long the server may take.</param>
    public async Task CompleteAsync(ReflexGrpcClientOptions options)
    {
        using var late = new CancellationTokenSource(options.CallTimeout, options.TimeProvider);
        await using var ending = late.Token.Register(_ending.Cancel).ConfigureAwait(false);
        try
        {
            var unwritten = await _written.ConfigureAwait(false);
            if (unwritten is null)
            {
                await _call.RequestStream.CompleteAsync().ConfigureAwait(false);
            }

            while (await (_next ?? _call.ResponseStream.MoveNext(CancellationToken.None)).ConfigureAwait(false))
            {
                _next = null;
            }

            if (unwritten is not null)
            {
                throw unwritten is RpcException refused
                    ? ErrorDecoder.Decode(refused, _context)
                    : new ClusterUnavailableException(_context.What, unwritten);
            }
        }
        catch (RpcException error) when (error.StatusCode != StatusCode.Cancelled || late.IsCancellationRequested)
        {
            if (ErrorDecoder.Decode(error, _context) is var typed and not StreamEndException)
            {
                throw typed;
            }
        }
        catch (RpcException)
        {
            // The server's way to end a call whose client has gone.
        }
    }

    public void Dispose()
    {
        _call.Dispose();
        _ending.Dispose();
    }

    /// <summary>Writes until nothing waits; answers why it couldn't.</summary>
    private async Task<Exception?> WriteAllAsync(Reflexpb.ConsumeRequest? first)
    {
        try
        {
            if (first is not null)
            {
                await _call.RequestStream.WriteAsync(first).ConfigureAwait(false);
            }

            while (TakeAcknowledged() is { } cursor)
            {
                await _call.RequestStream.WriteAsync(new Reflexpb.ConsumeRequest { AckId = cursor.ToString() }).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // The call has ended; why, its reader is told.
            return error;
        }
    }

    private Cursor? TakeAcknowledged()
    {
        lock (_lock)
        {
            var cursor = _acknowledged;
            _acknowledged = null;
            _writing = cursor is not null;
            return cursor;
        }
    }
}
