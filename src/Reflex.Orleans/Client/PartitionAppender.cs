using Reflex.Events;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Serialization;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>
/// Gathers this process' appends to one partition: while a call is under way the next ones wait together and leave as one, in
/// the order of their arrival. Thread-safe.
/// </summary>
/// <remarks>What its caller has given up before it left is never sent. Of what is on its way nobody knows.</remarks>
/// <param name="partition">The partition that is appended to.</param>
/// <param name="partitions">How many its stream has.</param>
/// <param name="grain">Its grain.</param>
/// <param name="turns">The turns of all appenders of this process.</param>
/// <param name="onGone">Called when the stream isn't there any more, or has other partitions.</param>
/// <param name="options">How much may wait.</param>
/// <param name="timeProvider">The clock of the events.</param>
/// <param name="losses">Tells when a call may be lost.</param>
internal sealed class PartitionAppender(
    PartitionId partition,
    int partitions,
    IPartitionGrain grain,
    SendingTurns turns,
    Action onGone,
    ReflexOptions options,
    TimeProvider timeProvider,
    CallLosses losses)
{
    private readonly Lock _lock = new();
    private readonly EventBatchBuilder _builder = new(timeProvider, options.MaxEventBytes);
    private readonly LinkedList<WaitingAppend> _waiting = new();
    private readonly Func<string> _what = () => $"append to {partition}";
    private long _waitingBytes;
    private AppendGroup? _gathering;
    private bool _sending;

    /// <summary>Appends an event; answers its id once it is durable.</summary>
    public Task<EventId> AppendAsync(NewEvent e, CancellationToken cancellationToken)
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
            ? AppendAsync(EncodedAppend.Of(e, timeProvider, options.MaxEventBytes), cancellationToken)
            : AnswerAsync(group, index, 1, cancellationToken);
    }

    /// <summary>Appends events that are encoded already; answers the first one's id once all are durable.</summary>
    /// <exception cref="LogBusyException">As much waits as may; nothing of this append is or will be sent.</exception>
    public async Task<EventId> AppendAsync(EncodedAppend append, CancellationToken cancellationToken)
    {
        LinkedListNode<WaitingAppend>? waiting = null;
        AppendGroup? group;
        var index = 0;
        var begins = false;
        lock (_lock)
        {
            group = GroupWithRoom_NeedsLock(append.Bytes);
            if (group is null)
            {
                waiting = Wait_NeedsLock(append);
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
            (group, index) = await PlaceOfAsync(waiting, cancellationToken).ConfigureAwait(false);
        }

        return await AnswerAsync(group!, index, append.Count, cancellationToken).ConfigureAwait(false);
    }

    private async Task<EventId> AnswerAsync(AppendGroup group, int index, int count, CancellationToken cancellationToken)
    {
        try
        {
            return new EventId(await group.Completion.WaitAsync(cancellationToken).ConfigureAwait(false) + group.PlaceOf(index));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            lock (_lock)
            {
                GiveUp_NeedsLock(group, index, count);
            }

            throw;
        }
    }

    private async Task<(AppendGroup Group, int Index)> PlaceOfAsync(
        LinkedListNode<WaitingAppend> waiting, CancellationToken cancellationToken)
    {
        try
        {
            await waiting.Value.Placed.WaitAsync(cancellationToken).ConfigureAwait(false);
            return (waiting.Value.Group!, waiting.Value.Index);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            lock (_lock)
            {
                GiveUp_NeedsLock(waiting);
            }

            throw;
        }
    }

    private LinkedListNode<WaitingAppend> Wait_NeedsLock(EncodedAppend append)
    {
        var waiting = new WaitingAppend(append);
        if (_waitingBytes > 0 && _waitingBytes + waiting.Bytes > options.MaxWaitingBytes)
        {
            throw new LogBusyException(partition, options.MaxWaitingBytes);
        }

        _waitingBytes += waiting.Bytes;
        return _waiting.AddLast(waiting);
    }

    private void GiveUp_NeedsLock(LinkedListNode<WaitingAppend> waiting)
    {
        if (waiting.Value.Group is { } group)
        {
            // It was placed at the same moment.
            GiveUp_NeedsLock(group, waiting.Value.Index, waiting.Value.Append.Count);
            return;
        }

        EndWait_NeedsLock(waiting);
    }

    private void GiveUp_NeedsLock(AppendGroup group, int index, int count)
    {
        if (group != _gathering)
        {
            // It is on its way, or was.
            return;
        }

        group.GiveUp(index, count);
        if (group.Count == 0)
        {
            EndGathering_NeedsLock(group);
        }
    }

    private void EndWait_NeedsLock(LinkedListNode<WaitingAppend> waiting)
    {
        _waiting.Remove(waiting);
        _waitingBytes -= waiting.Value.Bytes;
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
            var request = new AppendRequest(new Blocks(group.Build(MakeBuilder)), partitions);
            var appended = await ClusterCall.AnswerAsync(
                () => losses.AnswerAsync(() => grain.AppendAsync(request)), _what).ConfigureAwait(false);
            group.Complete(appended.FirstId);
        }
        catch (Exception error)
        {
            if (StreamDirectory.IsGone(error))
            {
                onGone();
            }

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

            EndGathering_NeedsLock(group);
            return group;
        }
    }

    /// <summary>Ends the filling of a group, and begins the next one if something waits for it.</summary>
    private void EndGathering_NeedsLock(AppendGroup group)
    {
        group.Close();
        _gathering = null;
        if (_waiting.Count == 0)
        {
            return;
        }

        _gathering = new AppendGroup(_builder);
        while (_waiting.First is { } next
            && (_gathering.Count == 0 || _gathering.Bytes + next.Value.Append.Bytes < options.MaxGatheredBytes))
        {
            next.Value.Place(_gathering);
            EndWait_NeedsLock(next);
        }
    }

    private EventBatchBuilder MakeBuilder() => new(timeProvider, options.MaxEventBytes);
}
