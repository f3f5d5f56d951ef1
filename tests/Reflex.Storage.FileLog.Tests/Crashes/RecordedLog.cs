using System.Globalization;
using Reflex.Events;
using Reflex.Streams;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>A log whose disk is recorded, and with it what was promised at which step.</summary>
internal sealed class RecordedLog(DiskThreads threads, Durability durability)
{
    private readonly List<EventBatch> _acknowledged = [];
    private long _durable;
    private long _mayBeTrimmedTo = 1;
    private long _mustBeGoneBefore = 1;
    private LogStart _start = Promise.Never;
    private bool _isImported;
    private ImageLog? _log;

    public ImageDisk Disk { get; } = new(DiskImage.Empty) { Steps = [] };

    public Durability Durability => durability;

    /// <summary>Promises by the number of steps before them.</summary>
    public SortedList<int, Promise> Promises { get; } = new() { [0] = Promise.Nothing };

    /// <summary>Becomes the owner; the one before is closed afterwards, as in a move.</summary>
    public async Task OpenAsync()
    {
        var before = _log;
        _log = ImageLog.Open(Disk, threads, durability);
        if (before is not null)
        {
            await before.DisposeAsync();
        }

        // What an owner has found it shows: from now on that is promised, and the rest is gone.
        var shown = await ImageCheck.ReadAllAsync(_log.Log);
        _acknowledged.RemoveAll(batch => batch.LastId > _log.Log.Bounds.Head);
        _acknowledged.AddRange(ImageCheck.Split(shown).Where(batch => _acknowledged.Count == 0 || batch.BaseId > _acknowledged[^1].LastId));
        _durable = _log.Log.Bounds.Head.Value;
        Promised([]);
    }

    public Task AppendAsync(int appends = 1, int batchesEach = 1, int events = 1, int metadataSize = 20, bool mayFail = false)
    {
        _isImported = false;
        return WriteAsync(_log!.Next(appends, batchesEach, events, metadataSize), _log.Log.AppendAsync, mayFail);
    }

    /// <summary>Makes the log begin after an event; nobody has it open. With events it stays as it is.</summary>
    public void Begin(long after)
    {
        var start = after == 0
            ? Promise.Never
            : new LogStart(new EventId(after), after, TestBatch.Start.AddHours(-after), after);
        var isEmpty = _acknowledged.Count == 0;
        _isImported = true;
        if (isEmpty)
        {
            // In between it is one that never had an event.
            var before = Promises.Values[^1];
            Promises[Disk.Steps!.Count] = before with
            {
                MayBeTrimmedTo = Math.Max(before.MayBeTrimmedTo, after + 1),
                MustBeGoneBefore = 1,
                Starts = [_start, Promise.Never, start],
                IsImported = true,
            };
            (_start, _mayBeTrimmedTo, _mustBeGoneBefore) = (start, after + 1, after + 1);
        }

        ImageLog.Begin(Disk, threads, durability, start);
        Promised([]);
    }

    public Task ImportAsync(
        int appends = 1, int batchesEach = 1, int events = 1, int metadataSize = 20, bool isLate = false, bool mayFail = false) =>
        WriteAsync(_log!.NextImported(appends, batchesEach, events, metadataSize, isLate), _log.Log.ImportAsync, mayFail);

    public Task TrimAsync(long maxBytes) => TrimAsync(new Retention { MaxBytes = maxBytes }, _log!.Log.Bounds.Head.Value);

    /// <summary>Removes everything, for its age; or only so many pieces of it.</summary>
    public Task TrimAllAsync(int pieces = int.MaxValue) =>
        TrimAsync(new Retention { MaxAge = TimeSpan.FromHours(1) }, _log!.Log.Bounds.Head.Value + 1, pieces);

    /// <summary>Deletes the log, beside its owner if there is one.</summary>
    public void Delete()
    {
        var before = Promises.Values[^1];
        _durable = _acknowledged.Count > 0 ? _acknowledged[^1].LastId.Value : 0;
        _mayBeTrimmedTo = _durable + 1;
        Promises[Disk.Steps!.Count] = before with { MayBeTrimmedTo = _mayBeTrimmedTo };
        ImageLog.Delete(Disk, threads, durability);
        _mustBeGoneBefore = _mayBeTrimmedTo;
        Promised([]);
    }

    public async Task CloseAsync()
    {
        await _log!.DisposeAsync();
        _log = null;
        _durable = _acknowledged.Count > 0 ? _acknowledged[^1].LastId.Value : 0;
        Promised([]);
    }

    private async Task WriteAsync(List<EventBatch> batches, Func<IReadOnlyList<EventBatch>, ValueTask> write, bool mayFail)
    {
        Promised(batches);
        try
        {
            await write(batches);
            _acknowledged.AddRange(batches);
            NoteSealed();
            Promised([]);
        }
        catch (LogFailedException) when (mayFail)
        {
            // What it has left the next opening tells.
        }
        finally
        {
            Disk.Fails = null;
        }
    }

    private async Task TrimAsync(Retention retention, long mayReach, int pieces = int.MaxValue)
    {
        var before = Promises.Values[^1];
        _mayBeTrimmedTo = Math.Max(_mayBeTrimmedTo, mayReach);
        Promises[Disk.Steps!.Count] = before with { MayBeTrimmedTo = _mayBeTrimmedTo };
        await _log!.Log.TrimToEndAsync(retention, TestBatch.Start.AddDays(1), pieces);
        _mayBeTrimmedTo = _log.Log.Bounds.Oldest.Value;
        NoteSealed();
        Promised([]);
    }

    /// <summary>
    /// Where appends aren't flushed, a segment still is before the next one is made; an append that goes on there is not.
    /// </summary>
    private void NoteSealed()
    {
        var newest = Disk.Names.Where(name => name.EndsWith(".log", StringComparison.Ordinal))
            .Select(name => long.Parse(Path.GetFileNameWithoutExtension(name), CultureInfo.InvariantCulture))
            .DefaultIfEmpty().Max();
        _durable = Math.Max(
            _durable,
            _acknowledged.Where(batch => !batch.MoreFollows && batch.LastId.Value < newest).Select(batch => batch.LastId.Value)
                .DefaultIfEmpty().Max());
    }

    private void Promised(IReadOnlyList<EventBatch> underWay)
    {
        var durable = durability == Durability.Flushed ? long.MaxValue : _durable;
        Promises[Disk.Steps!.Count] = new Promise(
            [.. _acknowledged.Where(batch => batch.LastId.Value <= durable)],
            [.. _acknowledged.Where(batch => batch.LastId.Value > durable), .. underWay],
            _mayBeTrimmedTo)
        {
            MustBeGoneBefore = _mustBeGoneBefore,
            Starts = [_start],
            IsImported = _isImported,
        };
    }
}
