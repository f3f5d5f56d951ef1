using Orleans.Concurrency;
using Orleans.Placement;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Sessions;

/// <summary>The cursor of a consumer that runs outside the cluster, and who may move it.</summary>
/// <remarks>
/// <para>
/// The session that holds the consumer is a part of the stored record, written before its opening is answered. So an activation
/// that comes later, on whichever silo, knows it again, and refuses the sessions before it; and of two activations at once the
/// record's version lets only one go on, whose record decides who holds the consumer.
/// </para>
/// <para>
/// A session names itself, so that an opening whose answer was lost is simply asked again; and its name has its place in the order of
/// sessions, so that one that comes late, after its caller has given it up, takes nothing over. A change without a session has its place
/// in that order too. Everything that changes the record
/// happens one after the other; a change that could not be stored is undone in memory, and if it was stored all the same the
/// version shows it at the next write.
/// </para>
/// </remarks>
[GrainType(ConsumerTypes.Session), Reentrant, Immovable]
internal sealed partial class SessionGrain : Grain, ISessionGrain, IConsumerGrain, IWaitingGrain
{
    private readonly ConsumerContext _context;
    private readonly ConsumerKey _key;
    private readonly IPartitionGrain _partition;
    private readonly ConsumerCursor _cursor;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _ending = new();
    private TaskCompletionSource _holderChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventId _knownHead;
    private long _knownHeadAt;
    private bool _isKnown;

    public SessionGrain(ConsumerContext context)
    {
        _context = context;
        _key = ConsumerKey.Parse(this.GetPrimaryKeyString());
        _partition = GrainFactory.GetGrain<IPartitionGrain>(_key.Partition.ToString());
        _cursor = new ConsumerCursor(context.Storage, _key, context.Options, context.TimeProvider, context.Logger)
        {
            OnReplaced = error =>
            {
                LogReplaced(context.Logger, _key, error);
                _ending.Cancel();
                DeactivateOnIdle();
            },
        };
    }

    /// <summary>
    /// The highest number that a session, or a change without one, has had. An earlier silo that has stored the record meanwhile didn't
    /// keep it.
    /// </summary>
    private long Sessions => Math.Max(_cursor.Sessions, _cursor.Session is { } id ? SessionIds.NumberOf(id) ?? 0 : 0);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        if (!await _cursor.TryFlushAsync(_context.Options.DrainTimeout))
        {
            LogFlushFailed(_context.Logger, _key);
        }

        _cursor.Dispose();
        _ending.Dispose();
    }

    public async Task<OpenResponse> OpenAsync(OpenRequest request)
    {
        CursorPlace? cursor = null;
        await ChangeAsync(async () =>
        {
            RequireStarted();
            cursor = _cursor.Value;
            if (_cursor.Session != request.Session)
            {
                var number = SessionIds.NumberOf(request.Session) ?? Sessions + 1;
                if (number <= Sessions)
                {
                    throw new ConsumerReplacedException(_key.ConsumerId);
                }

                await StoreAsync(cursor, isStopped: false, request.Session, number);
                LogOpened(_context.Logger, _key, cursor);
            }
        });
        return OpenResponse.At(cursor);
    }

    public async Task<AcknowledgeResponse> AcknowledgeAsync(AcknowledgeRequest request)
    {
        var handled = request.Place;
        await RequireNotAheadAsync(handled.Id);
        await ChangeAsync(async () =>
        {
            RequireHolder(request.Session);

            // The same cursor again is a call whose first answer was lost or a failure: it may still have to be stored.
            var before = _cursor.Value;
            if (before is null || before.Value.Id <= handled.Id)
            {
                await StoringAsync(() => _cursor.SetAsync(_key.Consumer, Cursor.After(handled), CancellationToken.None).AsTask());
            }

            if (before is null)
            {
                // It may be the head, for a consumer that begins there: lost, it would be a later one.
                await FlushCursorAsync();
            }
        });
        return AcknowledgeResponse.Instance;
    }

    void IWaitingGrain.EndWaits() => _ending.CancelAsync().Ignore();

    public async Task<WaitUntilEndedResponse> WaitUntilEndedAsync(WaitUntilEndedRequest request, CancellationToken cancellationToken)
    {
        RequireElsewhere();
        await LoadAsync();
        RequireHolder(request.Session);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _context.Drain.Stopping, _ending.Token);
        try
        {
            await _holderChanged.Task.WaitAsync(request.Wait, _context.TimeProvider, ending.Token);
            RequireHolder(request.Session);
        }
        catch (TimeoutException)
        {
            // It goes on.
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnavailableException($"watch the session of {_key}", error);
        }

        return WaitUntilEndedResponse.Instance;
    }

    public async Task<FlushResponse> FlushAsync(FlushRequest request)
    {
        await ChangeAsync(FlushCursorAsync);
        return FlushResponse.Instance;
    }

    public async Task<GetCursorResponse> GetCursorAsync(GetCursorRequest request)
    {
        RequireElsewhere();
        await LoadAsync();
        return GetCursorResponse.At(_cursor.Value, Sessions);
    }

    public async Task<StoreCursorResponse> StoreCursorAsync(StoreCursorRequest request)
    {
        var wanted = request.Place;
        if (wanted is { } place)
        {
            await RequireNotAheadAsync(place.Id);
        }

        var response = StoreCursorResponse.Stored;
        await ChangeAsync(() =>
        {
            RequireStarted();
            if (request.Number > 0 && request.Number <= Sessions)
            {
                response = StoreCursorResponse.Overtaken;
                return FlushCursorAsync();
            }

            var number = Math.Max(request.Number, Sessions + 1);
            if (_cursor.Value == wanted && _cursor.Session is null)
            {
                _cursor.RaiseSessions(number);
                return FlushCursorAsync();
            }

            return StoreAsync(wanted, isStopped: false, session: null, number);
        });
        return response;
    }

    /// <summary>Makes a change, one after the other, on what is stored.</summary>
    private async Task ChangeAsync(Func<Task> change)
    {
        RequireElsewhere();
        await _turn.WaitAsync();
        try
        {
            await LoadAsync();
            await change();
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task LoadAsync() => StoringAsync(_cursor.LoadAsync);

    private Task FlushCursorAsync() => StoringAsync(() => _cursor.FlushAsync(CancellationToken.None).AsTask());

    private async Task StoreAsync(CursorPlace? cursor, bool isStopped, Guid? session, long? sessions = null)
    {
        await RequireKnownAsync();
        await StoringAsync(() => _cursor.StoreAsync(cursor, isStopped, session, sessions ?? Sessions + 1));
        OnHolderChanged();
    }

    private void OnHolderChanged()
    {
        var changed = _holderChanged;
        _holderChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    /// <summary>Nothing is stored under a name that isn't kept: the caller may remember one that was removed.</summary>
    /// <exception cref="ConsumerNotFoundException">The name isn't kept.</exception>
    private async ValueTask RequireKnownAsync()
    {
        if (!_isKnown)
        {
            var id = _key.ConsumerId;
            var request = new FindConsumerRequest(id.Stream.Value, id.Name.Value);
            var found = await _context.Losses.AnswerAsync(() => GrainFactory.GetGrain<ICatalogGrain>(0).FindConsumerAsync(request));
            _isKnown = found.Consumer is not null ? true : throw new ConsumerNotFoundException(id, known: [], others: null);
        }
    }

    private async Task StoringAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error)
        {
            throw new CursorStoreException(_key.ConsumerId, error);
        }
    }

    private void RequireElsewhere()
    {
        if (!_context.Published.GrainTypesOf(_key.ConsumerId).IsEmpty)
        {
            throw new ConsumerConflictException(_key.ConsumerId);
        }
    }

    private void RequireStarted()
    {
        if (_cursor.IsStopped)
        {
            throw new ConsumerStoppedException(_key.ConsumerId);
        }
    }

    private void RequireHolder(Guid session)
    {
        RequireStarted();
        if (_cursor.Session != session)
        {
            throw _cursor.Session is null
                ? new SessionEndedException(_key.ConsumerId)
                : new ConsumerReplacedException(_key.ConsumerId);
        }
    }

    private async Task RequireNotAheadAsync(EventId id)
    {
        // A head moves back only where its storage does, so that most cursors need no look at the partition.
        if (id > _knownHead || _context.TimeProvider.GetElapsedTime(_knownHeadAt) > ClusterCursors.HeadTrust)
        {
            var began = _context.TimeProvider.GetTimestamp();
            var bounds = await _context.Losses.AnswerAsync(() => _partition.GetBoundsAsync(GetBoundsRequest.Instance));
            (_knownHead, _knownHeadAt) = (new EventId(bounds.Head), began);
            if (id > _knownHead)
            {
                throw new CursorAheadException(_key.Partition, id, _knownHead);
            }
        }
    }
}
