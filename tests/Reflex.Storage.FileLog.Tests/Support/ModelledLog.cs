using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>A file log on a simulated disk beside a plain list of what it must hold.</summary>
internal sealed class ModelledLog(SimulatedDisk disk, Durability durability = Durability.Flushed) : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly List<EventBatch> _held = [];
    private LogFixture? _fixture;
    private IEventLog? _log;
    private List<EventBatch> _inFlight = [];
    private DateTimeOffset _now = TestBatch.Start;
    private long _mayBeTrimmedTo;
    private long _mustBeGoneBefore;
    private (EventId Id, long Epoch) _head;
    private (EventId Id, long Epoch) _durableHead;

    public SimulatedDisk Disk { get; private set; } = disk;

    public IEventLog Log => _log ?? throw new InvalidOperationException("The log is not open.");

    public IReadOnlyList<EventBatch> Held => _held;

    /// <summary>How many power cuts and kills were survived.</summary>
    public int Crashes { get; private set; }

    /// <summary>Appends some whole appends as one group; answers false when the log failed.</summary>
    public async Task<bool> AppendAsync(int appends, int batchesEach, int events, int metadataSize, DateTimeOffset? wrongTime = null)
    {
        _now += Step;
        var at = wrongTime ?? _now;
        _inFlight = [];
        var head = Log.Bounds.Head;
        for (var i = 0; i < appends; i++)
        {
            for (var j = 0; j < batchesEach; j++)
            {
                var next = _inFlight.Count > 0 ? _inFlight[^1].LastId.Next : head.Next;
                var before = _inFlight.Count > 0 ? Log.Epoch : Log.Bounds.HeadEpoch;
                var batch = TestBatch.Seal(next, events, metadataSize, Log.Epoch, head, at, j < batchesEach - 1, before);
                _inFlight.Add(metadataSize % 3 == 0 ? TestBatch.WithKeys(batch) : batch);
            }
        }

        try
        {
            await Log.AppendAsync(_inFlight);
        }
        catch (LogFailedException)
        {
            // Fail-stop: nothing is acknowledged after it, whatever the disk does.
            var fault = Disk.Fault;
            Disk.Fault = null;
            await Assert.ThrowsAsync<LogFailedException>(() => Log.AppendAsync([]).AsTask());
            Disk.Fault = fault;
            return false;
        }

        _head = (_inFlight[^1].LastId, _inFlight[^1].Epoch);
        Assert.Equal(_head, (Log.Bounds.Head, Log.Bounds.HeadEpoch));
        _held.AddRange(_inFlight);
        _inFlight = [];
        return true;
    }

    public async Task TrimAsync(Retention retention, TimeSpan after = default)
    {
        _now += after;
        var before = Log.Bounds;
        try
        {
            await Log.TrimToEndAsync(retention, _now);
        }
        catch (LogFailedException)
        {
            // What was removed is removed.
        }

        // A trim that was not finished may have removed more than it could tell.
        _mayBeTrimmedTo = Math.Max(_mayBeTrimmedTo, Disk.Fault is null ? Log.Bounds.Oldest.Value : before.Head.Value + 1);
        Assert.True(Log.Bounds.Oldest >= before.Oldest);
        Assert.Equal((before.Head, before.HeadEpoch), (Log.Bounds.Head, Log.Bounds.HeadEpoch));
    }

    /// <summary>Deletes the log beside its owner; answers false when a fault kept it from that. The log is opened next.</summary>
    public async Task<bool> DeleteAsync()
    {
        _mayBeTrimmedTo = Math.Max(_mayBeTrimmedTo, _head.Id.Value + 1);
        try
        {
            await _fixture!.DeleteAsync();
        }
        catch (Exception error) when (Disk.Fault is not null && error is LogFailedException or StorageRefusedException)
        {
            return false;
        }

        _mustBeGoneBefore = _head.Id.Value + 1;
        var fault = Disk.Fault;
        Disk.Fault = null;
        await Assert.ThrowsAsync<LogFencedException>(() => Log.AppendAsync(TestBatch.Append(Log)).AsTask());
        Disk.Fault = fault;
        return true;
    }

    public async Task ReadAsync(int place, int maxBytes)
    {
        var bounds = Log.Bounds;
        if (bounds.Head < bounds.Oldest)
        {
            return;
        }

        var after = new EventId(bounds.Oldest.Value - 1 + (place % (bounds.Head.Value - bounds.Oldest.Value + 1)));
        var page = LogAssert.Split(await Log.ReadAsync(after, maxBytes, TestContext.Current.CancellationToken)).ToArray();
        Assert.InRange(after.Value + 1, page[0].BaseId.Value, page[0].LastId.Value);
        var first = _held.FindIndex(batch => batch.BaseId == page[0].BaseId);
        LogAssert.AreSame(_held.GetRange(first, page.Length), page);
    }

    public async Task CloseAsync()
    {
        if (_log is not null)
        {
            await _log.DisposeAsync();
            _durableHead = Disk.Fault is null ? _head : _durableHead;
        }

        _log = null;
        if (_fixture is not null)
        {
            await _fixture.DisposeAsync();
        }

        _fixture = null;
    }

    /// <summary>The process is gone at this moment, and nothing was closed.</summary>
    public async Task KillAsync() => await AbandonAsync(Disk.Kill());

    public async Task CutPowerAsync(Random random)
    {
        await AbandonAsync(Disk.CutPower(random));
        if (durability == Durability.Buffered)
        {
            // Then the promise reaches only as far as the last opening.
            _inFlight = [.. _held.Where(batch => batch.LastId > _durableHead.Id), .. _inFlight];
            _held.RemoveAll(batch => batch.LastId > _durableHead.Id);
            _head = _durableHead;
        }
    }

    /// <summary>Opens the log and compares; answers false when a fault kept it from opening.</summary>
    public async Task<bool> OpenAsync()
    {
        _fixture ??= new LogFixture(Disk, "/data", options =>
        {
            options.Durability = durability;
            options.SegmentSizeBytes = 4096;
        });
        var old = _log;
        try
        {
            _log = await _fixture.OpenAsync();
        }
        catch (Exception error) when (Disk.Fault is not null && error is LogFailedException or StorageRefusedException)
        {
            return false;
        }

        if (old is not null)
        {
            await old.DisposeAsync();
        }

        var fault = Disk.Fault;
        Disk.Fault = null;
        await CompareAsync();
        Disk.Fault = fault;
        _durableHead = _head;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        Disk.Fault = null;
        await CloseAsync();
    }

    /// <summary>Everything acknowledged is there once and in order; of what was under way, a beginning in whole appends.</summary>
    private async Task CompareAsync()
    {
        var found = await LogAssert.ReadAllAsync(Log);
        var oldest = Log.Bounds.Oldest.Value;
        Assert.True(oldest <= Math.Max(1, _mayBeTrimmedTo), $"The log begins with event {oldest}; trims reached {_mayBeTrimmedTo}.");
        Assert.True(oldest >= _mustBeGoneBefore, $"The log begins with event {oldest}; those before {_mustBeGoneBefore} were deleted.");
        _held.RemoveAll(batch => batch.BaseId.Value < oldest);
        _inFlight.RemoveAll(batch => batch.BaseId.Value < oldest);
        var possible = _held.Concat(_inFlight).ToArray();
        Assert.True(
            found.Count >= _held.Count,
            $"Acknowledged events are lost: the log ends with event {Log.Bounds.Head}, not {_head.Id}.");
        Assert.True(found.Count <= possible.Length);
        LogAssert.AreSame(possible[..found.Count], found);
        Assert.False(found.Count > 0 && found[^1].MoreFollows, "The log ends in the middle of an append.");
        CompareHead(found);
        _held.Clear();
        _held.AddRange(found);
        _inFlight = [];
    }

    /// <summary>The head stays, also when its event was trimmed.</summary>
    private void CompareHead(List<EventBatch> found)
    {
        var bounds = Log.Bounds;
        Assert.True(bounds.Head >= _head.Id, $"The head was {_head.Id} and is {bounds.Head}.");
        _head = (bounds.Head, bounds.HeadEpoch);
        if (found.Count > 0)
        {
            Assert.Equal((found[^1].LastId, found[^1].Epoch), _head);
        }
    }

    private async Task AbandonAsync(SimulatedDisk disk)
    {
        Crashes++;
        Disk.Fault = (_, _) => SimulatedDisk.InputOutputError;
        if (_log is not null)
        {
            await _log.DisposeAsync();
        }

        _log = null;
        if (_fixture is not null)
        {
            await _fixture.DisposeAsync();
        }

        _fixture = null;
        Disk = disk;
    }
}
