using Reflex.Events;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Serialization;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>
/// Gathers this process' appends to one partition: while a call is under way the next ones wait together and leave as one, in
/// the order of their arrival. Thread-safe.
/// </summary>
internal sealed class PartitionAppender(
    PartitionId partition, IPartitionGrain grain, SendingTurns turns, ReflexOptions options, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly EventBatchBuilder _builder = new(timeProvider, options.MaxEventBytes);
    private readonly Queue<WaitingAppend> _waiting = new();
    private AppendGroup? _gathering;
    private bool _sending;

    /// <summary>Appends an event; answers its id once it is durable.</summary>
    public async Task<EventId> AppendAsync(NewEvent e, CancellationToken cancellationToken)
    {
        AppendGroup? group;
        var index = 0;
        bool begins;
        lock (_lock)
        {
            group = GroupWithRoom_NeedsLock(0);
            index = group?.Add(e) ?? 0;
            begins = Begins_NeedsLock();
        }

        if (begins)
        {
            BeginSending();
        }

        return group is null
            ? await AppendAsync(EncodedAppend.Of(e, timeProvider, options.MaxEventBytes), cancellationToken).ConfigureAwait(false)
            : new EventId(await group.Completion.WaitAsync(cancellationToken).ConfigureAwait(false) + index);
    }

    /// <summary>Appends events that are encoded already; answers the first one's id once all are durable.</summary>
    public async Task<EventId> AppendAsync(EncodedAppend append, CancellationToken cancellationToken)
    {
        WaitingAppend? waiting = null;
        AppendGroup? group;
        var index = 0;
        var begins = false;
        lock (_lock)
        {
            group = GroupWithRoom_NeedsLock(append.Bytes);
            if (group is null)
            {
                waiting = new WaitingAppend(append);
                _waiting.Enqueue(waiting);
            }
            else
            {
                index = group.Add(append);
                begins = Begins_NeedsLock();
            }
        }

        if (begins)
        {
            BeginSending();
        }

        if (waiting is not null)
        {
            (group, index) = await waiting.Placed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return new EventId(await group!.Completion.WaitAsync(cancellationToken).ConfigureAwait(false) + index);
    }

    /// <summary>The group that an append joins; null when it has to wait, because the group is full or others wait already.</summary>
    private AppendGroup? GroupWithRoom_NeedsLock(long bytes)
    {
        if (_waiting.Count > 0)
        {
            return null;
        }

        _gathering ??= new AppendGroup(_builder);
        return _gathering.Count == 0 || _gathering.Bytes + bytes < options.MaxGatheredBytes ? _gathering : null;
    }

    /// <summary>Whether the caller has to begin the sending, since nobody is at it.</summary>
    private bool Begins_NeedsLock()
    {
        var begins = !_sending;
        _sending = true;
        return begins;
    }

    private void BeginSending()
    {
        // What follows the first call belongs to nobody's request or trace in particular.
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = SendHereAsync();
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = SendHereAsync();
        }
    }

    /// <summary>Makes the first call on the caller's thread, which saves a change of threads, unless that is in a grain's turn.</summary>
    private Task SendHereAsync() => TaskScheduler.Current == TaskScheduler.Default ? SendAsync() : Task.Run(SendAsync);

    private async Task SendAsync()
    {
        var goesOn = true;
        while (goesOn)
        {
            var hasTurn = await turns.TakeAsync().ConfigureAwait(false);
            goesOn = await SendGroupAsync().ConfigureAwait(false);
            if (hasTurn)
            {
                turns.GiveBack();
            }

            // Callers that waited for their event append the next one now: a turn later they leave together, not one ahead of all.
            await Task.Yield();
        }
    }

    /// <summary>Sends what has gathered; false, and the duty to send ends, when there is nothing.</summary>
    private async ValueTask<bool> SendGroupAsync()
    {
        if (TakeGroup() is not { } group)
        {
            return false;
        }

        try
        {
            var call = grain.AppendAsync(new AppendRequest(new Blocks(group.Batches)));
            var appended = await call.AnswerAsync(() => $"append to {partition}").ConfigureAwait(false);
            group.Complete(appended.FirstId);
        }
        catch (Exception error)
        {
            group.Fail(error);
        }

        return true;
    }

    private AppendGroup? TakeGroup()
    {
        lock (_lock)
        {
            if (_gathering is not { Count: > 0 } group)
            {
                _sending = false;
                return null;
            }

            group.Close();
            _gathering = null;
            PlaceWaiting_NeedsLock();
            return group;
        }
    }

    private void PlaceWaiting_NeedsLock()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        _gathering = new AppendGroup(_builder);
        while (_waiting.TryPeek(out var next)
            && (_gathering.Count == 0 || _gathering.Bytes + next.Append.Bytes < options.MaxGatheredBytes))
        {
            next.Place(_gathering, _gathering.Add(next.Append));
            _waiting.Dequeue();
        }
    }
}
