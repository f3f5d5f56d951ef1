using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Sessions;

internal sealed partial class SessionGrain
{
    /// <remarks>Its logic is elsewhere, and so is whoever keeps it running.</remarks>
    Task<EnsureRunningResponse> IConsumerGrain.EnsureRunningAsync(EnsureRunningRequest request) =>
        Task.FromResult(new EnsureRunningResponse(_context.Silo));

    async Task<PartStatus> IConsumerGrain.GetStatusAsync(GetStatusRequest request)
    {
        RequireElsewhere();
        await LoadAsync();
        var cursor = _cursor.Value;
        var state = _cursor.IsStopped ? ConsumerState.Stopped : ConsumerState.Running;
        var position = await _partition.GetPositionAsync(new GetPositionRequest(cursor?.Id.Value));
        return PartStatus.Of(
            position.StatusOf(_key.Partition.Index, state, fault: null, cursor, _context.TimeProvider.GetUtcNow()));
    }

    async Task<StartResponse> IConsumerGrain.StartAsync(StartRequest request)
    {
        await ChangeAsync(() =>
            _cursor.IsStopped ? StoreAsync(_cursor.Value, isStopped: false, session: null) : FlushCursorAsync());
        return StartResponse.Instance;
    }

    async Task<StopResponse> IConsumerGrain.StopAsync(StopRequest request)
    {
        await ChangeAsync(() =>
            _cursor.IsStopped ? FlushCursorAsync() : StoreAsync(_cursor.Value, isStopped: true, session: null));
        return StopResponse.Instance;
    }

    /// <remarks>It is never stuck here: an error of its logic shows where it runs.</remarks>
    Task<RetryResponse> IConsumerGrain.RetryAsync(RetryRequest request) => Task.FromResult(RetryResponse.Instance);

    async Task<SkipResponse> IConsumerGrain.SkipAsync(SkipRequest request)
    {
        var id = new EventId(request.Event);
        await ChangeAsync(async () =>
        {
            var position = await _partition.LookAfterAsync(_cursor.Value);
            position.RequireNext(id, _cursor.Value, _key);
            await StoreAsync(new CursorPlace(id, position.NextEpoch ?? 0), _cursor.IsStopped, session: null);
            using var instruments = _context.Instruments.ForConsumer(
                _key.Partition.Stream.Value, _key.Partition.Index, new ConsumerOptions(_key.Consumer));
            instruments.OnSkipped();
            LogSkipped(_context.Logger, _key, id);
        });
        return SkipResponse.Instance;
    }

    async Task<SetCursorResponse> IConsumerGrain.SetCursorAsync(SetCursorRequest request)
    {
        var cursor = request.Place;
        if (cursor is { } wanted)
        {
            (await _partition.LookAsync(wanted)).Require(wanted, _key.Partition);
        }

        await ChangeAsync(async () =>
        {
            var before = _cursor.Value;
            await StoreAsync(cursor, _cursor.IsStopped, session: null);
            LogCursorSet(_context.Logger, _key, before, cursor);
        });
        return SetCursorResponse.Instance;
    }

    async Task<RemovePartResponse> IConsumerGrain.RemoveAsync(RemovePartRequest request)
    {
        await ChangeAsync(async () =>
        {
            var isRemoved = false;
            await StoringAsync(async () => isRemoved = await _cursor.ClearAsync(
                () => GrainFactory.IsUnfinishedAsync(request.Removal).AnswerAsync(() => $"remove {_key}")));
            if (isRemoved)
            {
                // Whoever stores next asks whether there is such a consumer again.
                _isKnown = false;
                OnHolderChanged();
            }
        });
        DeactivateOnIdle();
        return RemovePartResponse.Instance;
    }
}
