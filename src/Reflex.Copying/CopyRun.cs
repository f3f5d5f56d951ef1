using Reflex.Copying.Logs;
using Reflex.Copying.Places;
using Reflex.Copying.State;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying;

/// <summary>One run of a copy. For one use.</summary>
internal sealed class CopyRun(
    ICopySource source, ICopyTarget target, bool isVerified, IProgress<LogVerificationProgress>? progress)
{
    private PartitionId _partition;
    private long _doneBytes;
    private long _totalBytes;

    /// <summary>Copies, or compares with what was copied before.</summary>
    public async Task<CopyReport> RunAsync(CancellationToken cancellationToken)
    {
        var look = await SourceLook.TakeAsync(source, cancellationToken).ConfigureAwait(false);
        var records = look.Records;
        List<PartitionId> logs = [.. look.Logs.Keys.OrderBy(partition => partition.Stream).ThenBy(partition => partition.Index)];
        var deleted = await source.Logs.ListDeletedAsync(cancellationToken).ConfigureAwait(false);
        var bytes = await MeasureAsync(logs, cancellationToken).ConfigureAwait(false);
        _totalBytes = target.IsFinished || !isVerified ? bytes : 2 * bytes;
        await RequireNoOthersAsync(logs, [.. deleted.Select(one => one.Partition)], cancellationToken).ConfigureAwait(false);
        if (target.IsFinished)
        {
            // First what silos change at once, though it is copied last.
            await CompareStateAsync(records ?? [], isOthers: true, cancellationToken).ConfigureAwait(false);
            await CompareAsync(logs, deleted, isOthers: true, cancellationToken).ConfigureAwait(false);
            await look.RequireUnchangedAsync(source, cancellationToken).ConfigureAwait(false);
            return await ReportAsync(logs, deleted, bytes, records, imported: 0, isCompared: true, cancellationToken).ConfigureAwait(false);
        }

        var copy = new LogCopy(source.Logs, target.Logs, target.Place, OnBytes);
        long imported = 0;
        foreach (var partition in logs)
        {
            _partition = partition;
            imported += await copy.RunAsync(partition, cancellationToken).ConfigureAwait(false);
        }

        foreach (var one in deleted)
        {
            await copy.RunAsync(one, cancellationToken).ConfigureAwait(false);
        }

        if (isVerified)
        {
            await VerifyAsync(look, logs, deleted, cancellationToken).ConfigureAwait(false);
        }

        await look.RequireUnchangedAsync(source, cancellationToken).ConfigureAwait(false);
        await target.FinishAsync(records ?? [], cancellationToken).ConfigureAwait(false);
        if (isVerified)
        {
            await CompareStateAsync(records ?? [], isOthers: false, cancellationToken).ConfigureAwait(false);
        }

        return await ReportAsync(logs, deleted, bytes, records, imported, isVerified, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<List<PartitionId>> ListAsync(ICopySource storage, CancellationToken cancellationToken) =>
    [
        .. (await storage.Logs.ListAsync(stream: null, cancellationToken).ConfigureAwait(false))
            .OrderBy(partition => partition.Stream).ThenBy(partition => partition.Index),
    ];

    private async Task<long> MeasureAsync(List<PartitionId> logs, CancellationToken cancellationToken)
    {
        long bytes = 0;
        foreach (var partition in logs)
        {
            bytes += (await LookAsync(partition, cancellationToken).ConfigureAwait(false)).Bytes;
        }

        return bytes;
    }

    private async Task<LogBounds> LookAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var reader = await source.Logs.OpenReaderAsync(partition, cancellationToken).ConfigureAwait(false);
        if (reader is null)
        {
            return LogBounds.Empty;
        }

        await using (reader.ConfigureAwait(false))
        {
            return reader.Bounds;
        }
    }

    /// <summary>Refuses a target with logs that aren't the source's.</summary>
    private async Task RequireNoOthersAsync(List<PartitionId> logs, List<PartitionId> deleted, CancellationToken cancellationToken)
    {
        // What is to be a deleted log may be none yet.
        var known = target.IsFinished ? logs : [.. logs, .. deleted];
        if ((await ListAsync(target, cancellationToken).ConfigureAwait(false)).Except(known).ToList() is [var log, ..])
        {
            throw new Difference(log, "no log", "one").ToRefusal(target.Place);
        }

        var left = await target.Logs.ListDeletedAsync(cancellationToken).ConfigureAwait(false);
        if (left.Select(one => one.Partition).Except([.. logs, .. deleted]).ToList() is [var other, ..])
        {
            throw new Difference(other, "no log", "one that was deleted").ToRefusal(target.Place);
        }
    }

    private async Task VerifyAsync(
        SourceLook look, List<PartitionId> logs, IReadOnlyCollection<DeletedLog> deleted, CancellationToken cancellationToken)
    {
        try
        {
            await CompareAsync(logs, deleted, isOthers: false, cancellationToken).ConfigureAwait(false);
        }
        catch (LogCorruptedException)
        {
            // A source that went on differs too, and nothing is damaged.
            await look.RequireUnchangedAsync(source, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private async Task CompareAsync(
        List<PartitionId> logs, IReadOnlyCollection<DeletedLog> deleted, bool isOthers, CancellationToken cancellationToken)
    {
        var comparison = new LogComparison(source.Logs, target.Logs, OnBytes);
        foreach (var partition in logs)
        {
            _partition = partition;
            Require(await comparison.FindAsync(partition, cancellationToken).ConfigureAwait(false), isOthers);
        }

        var left = (await target.Logs.ListDeletedAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(one => one.Partition);
        foreach (var one in deleted)
        {
            Require(LogComparison.Find(one, left.GetValueOrDefault(one.Partition)), isOthers);
        }
    }

    private void Require(Difference? difference, bool isOthers)
    {
        if (difference is not null)
        {
            throw isOthers ? difference.ToRefusal(target.Place) : difference.ToDamage(target.Place);
        }
    }

    private async Task CompareStateAsync(IReadOnlyList<StateRecord> expected, bool isOthers, CancellationToken cancellationToken)
    {
        var found = await target.ReadStateAsync(cancellationToken).ConfigureAwait(false) ?? [];
        if (StateComparison.Find(expected, found) is { } difference)
        {
            throw isOthers
                ? new StorageRefusedException(
                    $"The target, {target.Place}, holds something else than the source: {difference}; copy to an empty one.")
                : new LogCorruptedException(
                    $"The copy in {target.Place} isn't what was written to it: {difference}; copy again, to an empty target.");
        }
    }

    private async Task<CopyReport> ReportAsync(
        List<PartitionId> logs,
        IReadOnlyCollection<DeletedLog> deleted,
        long bytes,
        IReadOnlyList<StateRecord>? records,
        long imported,
        bool isCompared,
        CancellationToken cancellationToken)
    {
        long events = 0;
        foreach (var partition in logs)
        {
            var bounds = await LookAsync(partition, cancellationToken).ConfigureAwait(false);
            events += bounds.Head.Value - bounds.Oldest.Value + 1;
        }

        return new CopyReport(
            logs.Count, deleted.Count, events, imported, bytes, records?.Count ?? 0, isCompared, HasState: records is not null);
    }

    private void OnBytes(long bytes)
    {
        _doneBytes += bytes;
        progress?.Report(new LogVerificationProgress(_partition, Math.Min(_doneBytes, _totalBytes), _totalBytes));
    }
}
