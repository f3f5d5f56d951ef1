using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Serialization;
using Reflex.Retries;

namespace Reflex.Orleans.Consumers;

/// <summary>
/// A consumer's cursor on one partition, whether it was stopped and who holds it, in grain storage. Used in its grain's context only.
/// </summary>
/// <remarks>
/// Moves are stored together: at most one write is under way, and no event is handled while a move that is older than the flush
/// window isn't stored. A write begins after half the window, so that the consumer waits only for a storage which takes longer
/// than the other half. A write carries the version that this object has read or
/// written last, so that it never overwrites what another activation stored; that activation's consumer goes on instead.
/// </remarks>
internal sealed partial class ConsumerCursor : ICursorStore, IDisposable
{
    private const int MostClearings = 5;

    private readonly IGrainStorage _storage;
    private readonly ConsumerKey _key;
    private readonly ReflexOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly GrainId _record;
    private readonly CancellationTokenSource _ending = new();
    private readonly int _writer = Random.Shared.Next(1, int.MaxValue);
    private GrainState<ConsumerRecord>? _state;
    private Task _storing = Task.CompletedTask;
    private bool _storesLater;
    private bool _isClaimed;
    private bool _isUncertain;
    private long _changes;
    private long _stored;
    private long _unstoredSince;

    public ConsumerCursor(IGrainStorage storage, ConsumerKey key, ReflexOptions options, TimeProvider timeProvider, ILogger logger)
    {
        _storage = storage;
        _key = key;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _record = StoredConsumer.RecordOf(key);
    }

    /// <summary>
    /// Called once, when the storage has refused a write: another activation has stored. What this one remembers isn't so any more, and
    /// nothing moves its cursor again.
    /// </summary>
    public Action<Exception> OnReplaced { get; init; } = _ => { };

    /// <summary>Whether another activation has stored; see <see cref="OnReplaced"/>.</summary>
    public bool IsReplaced { get; private set; }

    /// <summary>The last event handled; null when none was.</summary>
    public CursorPlace? Value { get; private set; }

    /// <summary>Whether somebody stopped the consumer.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>The session that holds a consumer outside the cluster; null when none does.</summary>
    public Guid? Session { get; private set; }

    /// <summary>The highest number that a session, or a change without one, has had; 0 when there was none.</summary>
    public long Sessions { get; private set; }

    /// <summary>Reads what is stored, the first time.</summary>
    public async Task LoadAsync()
    {
        if (_state is not null)
        {
            return;
        }

        var state = new GrainState<ConsumerRecord>(new ConsumerRecord());
        await _storage.ReadStateAsync(StoredConsumer.StateName, _record, state);

        // Another call may have loaded it meanwhile.
        if (_state is null)
        {
            _state = state;
            Value = state.State is { } record ? Places.Of(record.Cursor, record.Epoch) : null;
            IsStopped = state.State?.IsStopped ?? false;
            Session = state.State?.Session;
            Sessions = state.State?.Sessions ?? 0;
        }
    }

    /// <summary>
    /// Stores what was read once more, the first time, so that an activation which was there before, and may live on, is refused at its
    /// next write, whatever this one waits for. Where nothing is stored yet the first write does it.
    /// </summary>
    public async Task ClaimAsync()
    {
        if (!_isClaimed && _state is { RecordExists: true })
        {
            _changes++;
            await StoreChangesAsync();
        }

        // Once, before the first event: a later run is one that has failed. Where the storage went back to an older moment, such a write
        // would be refused, and nobody would know any more that the cursor was of another life.
        _isClaimed = true;
    }

    public ValueTask<Cursor> GetAsync(ConsumerName consumer, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Value is { } place ? Cursor.After(place) : Cursor.Empty);

    public ValueTask SetAsync(ConsumerName consumer, Cursor cursor, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
        Value = cursor.Of(0);
        var now = _timeProvider.GetTimestamp();
        if (_changes++ == _stored)
        {
            _unstoredSince = now;
        }

        if (_timeProvider.GetElapsedTime(_unstoredSince, now) >= _options.CursorFlushWindow)
        {
            return new ValueTask(StoreChangesAsync());
        }

        StoreLater();
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => new(StoreChangesAsync());

    /// <summary>
    /// Stores what isn't stored, again and again until it is, or the time is over. Answers whether nothing is left to be stored here, as
    /// also when another activation has stored.
    /// </summary>
    public async Task<bool> TryFlushAsync(TimeSpan longest)
    {
        var began = _timeProvider.GetTimestamp();
        var retry = new Retry(new RetryPolicy { Backoff = _options.RetryBackoff });
        while (true)
        {
            try
            {
                await StoreChangesAsync();
                return true;
            }
            catch (InconsistentStateException)
            {
                return true;
            }
            catch (Exception error)
            {
                LogStoreFailed(_logger, _key, error);
                var pause = retry.OnFailure();
                if (_timeProvider.GetElapsedTime(began) + pause >= longest)
                {
                    return false;
                }

                await Task.Delay(pause, _timeProvider);
            }
        }
    }

    /// <summary>Notes that there was a change which left all as it is; stored with the next one.</summary>
    public void RaiseSessions(long sessions) => Sessions = Math.Max(Sessions, sessions);

    /// <summary>
    /// Stores a change that somebody made; one that failed hasn't happened, so that whoever repeats it isn't told that it has. What is
    /// stored after a failure is unknown, and the next write tells.
    /// </summary>
    /// <param name="value">The last event handled.</param>
    /// <param name="isStopped">Whether somebody has stopped the consumer.</param>
    /// <param name="session">The session that holds it.</param>
    /// <param name="sessions">The highest number that a session, or a change without one, has had; null leaves it as it is.</param>
    public async Task StoreAsync(CursorPlace? value, bool isStopped, Guid? session, long? sessions = null)
    {
        var before = (Value, IsStopped, Session, Sessions);
        (Value, IsStopped, Session, Sessions) = (value, isStopped, session, sessions ?? Sessions);
        _changes++;
        try
        {
            await StoreChangesAsync();
        }
        catch
        {
            (Value, IsStopped, Session, Sessions) = before;

            // If it was stored all the same, that isn't what this activation remembers any more.
            _isUncertain = false;
            throw;
        }
    }

    /// <summary>Clears what is stored, whoever has stored it, while that is to go. Nothing moves the cursor afterwards.</summary>
    /// <param name="mayGo">Whether it is to go still, asked when it is known what is stored.</param>
    /// <returns>Whether it was to go. Else nothing was changed.</returns>
    /// <remarks>
    /// The record's version is read before the question, and the record is cleared only while it has that version: a consumer that begins
    /// anew under the name, when the removal has ended, stores under another one.
    /// </remarks>
    public async Task<bool> ClearAsync(Func<Task<bool>> mayGo)
    {
        await _storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var stored = _stored;
        _stored = _changes;
        var isCleared = false;
        try
        {
            return isCleared = await TryClearAsync(mayGo);
        }
        finally
        {
            if (!isCleared)
            {
                _stored = stored;
                StoreLater();
            }
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    private async Task<bool> TryClearAsync(Func<Task<bool>> mayGo)
    {
        for (var tries = 1; ; tries++)
        {
            // Another activation may have stored since this one has read.
            var state = new GrainState<ConsumerRecord>(new ConsumerRecord());
            await _storage.ReadStateAsync(StoredConsumer.StateName, _record, state);
            if (!await mayGo())
            {
                return false;
            }

            try
            {
                if (state.RecordExists)
                {
                    await _storage.ClearStateAsync(StoredConsumer.StateName, _record, state);
                }

                _state = state;
                (Value, IsStopped, Session, Sessions) = (null, false, null, 0);
                return true;
            }
            catch (InconsistentStateException) when (tries < MostClearings)
            {
                // That other one is at it.
            }
        }
    }

    private async Task StoreChangesAsync()
    {
        var wanted = _changes;
        while (_stored < wanted)
        {
            if (_storing.IsCompleted)
            {
                _storing = StoreNowAsync();
            }

            await _storing;
        }
    }

    private async Task StoreNowAsync()
    {
        var changes = _changes;
        var started = _timeProvider.GetTimestamp();
        _state!.State = new ConsumerRecord
        {
            Cursor = Value?.Id.Value,
            Epoch = Value?.Epoch ?? 0,
            IsStopped = IsStopped,
            Session = Session,
            Sessions = Sessions,
            Writer = _writer,
        };
        try
        {
            await WriteAsync();
        }
        catch (InconsistentStateException error) when (!IsReplaced)
        {
            // Here, since nobody waits for a write that comes later: an idle one would go on telling what it remembers.
            IsReplaced = true;
            OnReplaced(error);
            throw;
        }

        _stored = changes;
        _unstoredSince = started;
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            try
            {
                await _storage.WriteStateAsync(StoredConsumer.StateName, _record, _state!);
                _isUncertain = false;
                return;
            }
            catch (InconsistentStateException) when (_isUncertain)
            {
                if (!await TryAdoptAsync())
                {
                    throw;
                }
            }
            catch (Exception error) when (error is not InconsistentStateException)
            {
                _isUncertain = true;
                throw;
            }
        }
    }

    /// <summary>
    /// Goes on from the version that is stored if this activation has stored it, by a write whose answer was lost. Answers whether it has.
    /// </summary>
    private async Task<bool> TryAdoptAsync()
    {
        var stored = new GrainState<ConsumerRecord>(new ConsumerRecord());
        await _storage.ReadStateAsync(StoredConsumer.StateName, _record, stored);
        _isUncertain = false;
        if (stored.State?.Writer != _writer)
        {
            return false;
        }

        (_state!.ETag, _state.RecordExists) = (stored.ETag, true);
        return true;
    }

    private void StoreLater()
    {
        if (!_storesLater)
        {
            _storesLater = true;
            StoreLaterAsync().Ignore();
        }
    }

    /// <summary>Stores after half the flush window, again and again, so that a pause leaves nothing unstored.</summary>
    private async Task StoreLaterAsync()
    {
        var token = _ending.Token;
        var retry = new Retry(new RetryPolicy { Backoff = _options.RetryBackoff });
        var pause = _options.CursorFlushWindow / 2;
        try
        {
            while (_stored < _changes)
            {
                await Task.Delay(pause, _timeProvider, token);
                try
                {
                    await StoreChangesAsync();
                    retry.OnProgress();
                    pause = _options.CursorFlushWindow / 2;
                }
                catch (Exception error) when (error is not InconsistentStateException)
                {
                    pause = retry.OnFailure();
                    LogStoreFailed(_logger, _key, error);
                }
            }
        }
        catch (InconsistentStateException)
        {
            // It was told, and every write fails with it.
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // The activation ends, and has flushed.
        }
        finally
        {
            _storesLater = false;
        }
    }
}
