using Grpc.Core;
using Reflex.AspNetCore.Errors;
using Reflex.AspNetCore.Grpc.Requests;
using Reflex.AspNetCore.Grpc.Sending;
using Reflex.AspNetCore.Reading;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc;
using Reflex.Streams;

namespace Reflex.AspNetCore.Grpc.Sessions;

/// <summary>One <c>Consume</c>: events go out after the consumer's cursor, acknowledgements come in and move it.</summary>
internal sealed class ConsumeHandler(
    IReflexClient client,
    IAsyncStreamReader<Reflexpb.ConsumeRequest> requests,
    StreamChoice choice,
    ServerCallContext call,
    ReflexGrpcOptions options)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SentEpochs _epochs = new();
    private Cursor? _sent;
    private Cursor? _acknowledged;
    private bool _hasSentAll;
    private volatile bool _isOver;

    /// <summary>Runs until the client, the server, a newer session or an error ends it, and always tells why by an exception.</summary>
    public async Task RunAsync()
    {
        await using var sender = new EventSender(call, new ReflexpbEventWriter(), options.TimeProvider);
        var first = await ReadFirstAsync(sender.Ending);
        var consumer = ConsumerName.Parse(first.ConsumerId);

        // Read before the consumer is taken over: a request that can't be served leaves its name unknown.
        var query = GrpcStreamQuery.Read(Cursor.Empty, first.Options, choice.Partition);
        await using var session = await client.OpenSessionAsync(choice.Stream, choice.Partition, consumer, sender.Ending);
        _epochs.NoteStart(session.Start);
        var reading = await StartAsync(session, query with { After = session.Start }, sender.Ending);
        call.GetHttpContext().Response.Headers[GrpcStream.ConsumerHeader] = consumer.Value;
        var sending = sender.SendAsync(reading with { Read = token => NoteSent(reading.Read(token)) });
        var acknowledging = AcknowledgeAsync(session);
        var ended = await Task.WhenAny(sending, acknowledging, session.Ended);
        await sender.EndAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (ended == sending || (ended == session.Ended && await session.Ended is StreamEndException))
            {
                await WaitForAcknowledgementsAsync(acknowledging);
            }
        }
        finally
        {
            _isOver = true;
        }

        if (ended == session.Ended)
        {
            throw await session.Ended;
        }

        await ended;
    }

    /// <summary>Lets the client say what it has handled of what it was sent: else all of that would come again.</summary>
    private async Task WaitForAcknowledgementsAsync(Task acknowledging)
    {
        lock (_lock)
        {
            _hasSentAll = true;
            NoteProgress_NeedsLock();
        }

        try
        {
            await Task.WhenAny(_caughtUp.Task, acknowledging)
                .WaitAsync(options.AcknowledgementTimeout, options.TimeProvider, call.CancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            // The client is too slow, or gone.
        }
    }

    private async IAsyncEnumerable<Event> NoteSent(IAsyncEnumerable<Event> events)
    {
        await foreach (var e in events)
        {
            lock (_lock)
            {
                _sent = e.Cursor;
                _epochs.Note(_sent.Value.Places == 1 ? 0 : e.Partition, new CursorPlace(e.Id, e.Epoch));
            }

            yield return e;
        }
    }

    private void NoteProgress_NeedsLock()
    {
        if (_hasSentAll && (_sent is null || _acknowledged == _sent))
        {
            _caughtUp.TrySetResult();
        }
    }

    private async Task<Reflexpb.ConsumeRequest> ReadFirstAsync(CancellationToken ending)
    {
        var next = requests.MoveNext(CancellationToken.None);
        try
        {
            return await next.WaitAsync(options.FirstRequestTimeout, options.TimeProvider, ending)
                ? requests.Current
                : throw new FormatException("The call has ended without a request: expected one that names the consumer.");
        }
        catch (TimeoutException)
        {
            throw new FormatException(
                $"No request came within {options.FirstRequestTimeout}: expected one that names the consumer.");
        }
    }

    private async Task<StreamReading> StartAsync(IConsumerSession session, StreamQuery query, CancellationToken ending)
    {
        var stream = client.GetStream(choice.Stream);
        if (!query.FromHead || !session.Start.IsEmpty)
        {
            return await StreamReading.StartAsync(stream, query with { FromHead = false }, ending);
        }

        // From now on the consumer misses nothing, not even what comes before its first acknowledgement.
        var start = await StreamStart.FindAsync(stream, query, ending);
        _epochs.NoteStart(start.Cursor);
        await session.AcknowledgeAsync(start.Cursor, ending);
        return StreamReading.From(start, stream, query);
    }

    private async Task AcknowledgeAsync(IConsumerSession session)
    {
        // A read that is cancelled cuts the call, which would lose its status; the end of the call ends the read.
        while (await requests.MoveNext(CancellationToken.None))
        {
            if (_isOver)
            {
                throw new OperationCanceledException();
            }

            if (ReadCursor(requests.Current) is { } named)
            {
                Cursor cursor;
                lock (_lock)
                {
                    cursor = _epochs.Complete(named);
                }

                await session.AcknowledgeAsync(cursor, call.CancellationToken);
                lock (_lock)
                {
                    _acknowledged = cursor;
                    NoteProgress_NeedsLock();
                }
            }
        }

        throw new RefusedCallException(new ErrorStatus(
            StatusCode.Cancelled, "", "The client has closed its side of the session, which ends it."));
    }

    private static Cursor? ReadCursor(Reflexpb.ConsumeRequest request)
    {
        if (request.AckId.Length > 0)
        {
            return Cursor.Parse(request.AckId);
        }

        return request.AckIdInt switch
        {
            0 => default(Cursor?),
            > 0 => Cursor.After(new EventId(request.AckIdInt)),
            var id => throw new FormatException($"The acknowledged id is {id}: expected an event's id."),
        };
    }
}
