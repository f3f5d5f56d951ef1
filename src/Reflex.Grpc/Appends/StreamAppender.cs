using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Grpc.Appends;

/// <summary>
/// Gathers this process' appends to one stream: while a call is under way the next ones wait together and leave as one, in the order
/// of their arrival. No append is ever sent again once it may have had its effect. Thread-safe.
/// </summary>
internal sealed class StreamAppender(StreamName stream, Calls calls)
{
    private readonly V1.Streams.StreamsClient _client = new(calls.Invoker);
    private readonly CallContext _context = calls.Context($"append to {stream}", stream);
    private readonly Lock _lock = new();

    private readonly LinkedList<RemoteAppend> _waiting = new();
    private long _waitingBytes;
    private bool _sending;

    public async Task<EventPosition> AppendAsync(NewEvent e, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var activity = ReflexTracing.StartAppend(stream, 1);
        var encoded = EventEncoder.Encode(e, calls.Configuration.MaxEventBytes);
        var pending = new RemoteAppend([encoded], EventEncoder.Measure(encoded));
        return (await EnqueueAsync(pending, cancellationToken).ConfigureAwait(false))[0];
    }

    public async Task<IReadOnlyList<EventPosition>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        if (events.Count == 0)
        {
            return [];
        }

        using var activity = ReflexTracing.StartAppend(stream, events.Count);
        var pending = Encode(events);
        return await EnqueueAsync(pending, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything is encoded before anything is sent: a bad event means that nothing is appended.</summary>
    private RemoteAppend Encode(IReadOnlyList<NewEvent> events)
    {
        var encoded = new V1.NewEvent[events.Count];
        long bytes = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            encoded[i] = EventEncoder.Encode(events[i], calls.Configuration.MaxEventBytes);
            bytes += EventEncoder.Measure(encoded[i]);
            if (bytes > calls.Configuration.MaxAppendBytes)
            {
                throw new EventTooLargeException(
                    $"The append of {encoded.Length} events", bytes, calls.Configuration.MaxAppendBytes, "append them in parts");
            }
        }

        return new RemoteAppend(encoded, (int)bytes);
    }

    /// <summary>Has an append sent, and waits for the events' positions; cancelling ends the wait.</summary>
    /// <exception cref="LogBusyException">As much waits as may; nothing of this append is or will be sent.</exception>
    private Task<ArraySegment<EventPosition>> EnqueueAsync(RemoteAppend append, CancellationToken cancellationToken)
    {
        var node = Enqueue(append);
        return cancellationToken.CanBeCanceled ? WaitAsync(node, cancellationToken) : append.Completion;
    }

    private async Task<ArraySegment<EventPosition>> WaitAsync(
        LinkedListNode<RemoteAppend> node, CancellationToken cancellationToken)
    {
        try
        {
            return await node.Value.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            lock (_lock)
            {
                // Of what is on its way nobody knows.
                if (node.List is not null)
                {
                    Leave_NeedsLock(node);
                }
            }

            throw;
        }
    }

    private LinkedListNode<RemoteAppend> Enqueue(RemoteAppend append)
    {
        LinkedListNode<RemoteAppend> node;
        lock (_lock)
        {
            if (_waitingBytes > 0 && _waitingBytes + append.WaitingBytes > calls.Configuration.MaxWaitingBytes)
            {
                throw new LogBusyException(stream, calls.Configuration.MaxWaitingBytes);
            }

            node = _waiting.AddLast(append);
            _waitingBytes += append.WaitingBytes;
            if (_sending)
            {
                return node;
            }

            _sending = true;
        }

        // The sending belongs to nobody's request or trace in particular.
        ThreadPool.UnsafeQueueUserWorkItem(static appender => _ = appender.SendAllAsync(), this, preferLocal: true);
        return node;
    }

    private void Leave_NeedsLock(LinkedListNode<RemoteAppend> node)
    {
        _waiting.Remove(node);
        _waitingBytes -= node.Value.WaitingBytes;
    }

    private async Task SendAllAsync()
    {
        while (TakeGroup() is { Count: > 0 } group)
        {
            await SendAsync(group).ConfigureAwait(false);

            // Callers that waited for their event append the next one now: a turn later they leave together, not one ahead of all.
            await Task.Yield();
        }
    }

    /// <summary>What is sent next; nothing, and the duty to send ends, when nobody waits.</summary>
    private List<RemoteAppend> TakeGroup()
    {
        var group = new List<RemoteAppend>();
        var bytes = 0;
        lock (_lock)
        {
            while (_waiting.First is { } next
                && (group.Count == 0 || bytes + next.Value.Bytes <= calls.Configuration.MaxAppendBytes))
            {
                Leave_NeedsLock(next);
                group.Add(next.Value);
                bytes += next.Value.Bytes;
            }

            _sending = group.Count > 0;
        }

        return group;
    }

    private async Task SendAsync(List<RemoteAppend> group)
    {
        try
        {
            var request = new V1.AppendRequest { Stream = stream.Value };
            foreach (var append in group)
            {
                request.Events.AddRange(append.Events);
            }

            var answer = await _client.AppendAsync(request, calls.Options(CancellationToken.None))
                .AnswerAsync(_context, CancellationToken.None).ConfigureAwait(false);
            Complete(group, PositionsOf(answer, request.Events.Count));
        }
        catch (Exception error) when (group.Count > 1 && IsRefused(error))
        {
            // One caller's bad event isn't the others' failure.
            foreach (var append in group)
            {
                await SendAsync([append]).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            foreach (var append in group)
            {
                append.Fail(error);
            }
        }
    }

    /// <summary>Whether the server has refused the request as it is, so that nothing of it was appended.</summary>
    private static bool IsRefused(Exception error) => error is ArgumentException or EventTooLargeException;

    private static EventPosition[] PositionsOf(V1.AppendResponse answer, int expected) => answer.Positions.Count == expected
        ? [.. answer.Positions.Select(position => new EventPosition(position.Partition, new EventId(position.Id)))]
        : throw RemoteCall.Malformed($"{answer.Positions.Count} positions for {expected} events");

    private static void Complete(List<RemoteAppend> group, EventPosition[] positions)
    {
        var first = 0;
        foreach (var append in group)
        {
            append.Complete(new ArraySegment<EventPosition>(positions, first, append.Events.Count));
            first += append.Events.Count;
        }
    }
}
