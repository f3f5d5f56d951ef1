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
        _totalBytes = target.IsFinished || !isVerified ? look.Bytes : 2 * look.Bytes;
        await RequireNoOthersAsync(logs, [.. deleted.Select(one => one.Partition)], cancellationToken).ConfigureAwait(false);
        if (target.IsFinished)
        {
            // First what silos change at once, though it is copied last.
            await CompareStateAsync(records ?? [], isOthers: true, cancellationToken).ConfigureAwait(false);
            await CompareAsync(logs, deleted, isOthers: true, cancellationToken).ConfigureAwait(false);
            await look.RequireUnchangedAsync(source, cancellationToken).ConfigureAwait(false);
            return Report(look, deleted.Count, imported: 0, isCompared: true);
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

        return Report(look, deleted.Count, imported, isVerified);
    }

    private static CopyReport Report(SourceLook look, int deleted, long imported, bool isCompared) => new(
        look.Logs.Count, deleted, look.Events, imported, look.Bytes, look.Records?.Count ?? 0, isCompared, look.Records is not null);

    /// <summary>Refuses a target with logs that aren't the source's.</summary>
    private async Task RequireNoOthersAsync(List<PartitionId> logs, List<PartitionId> deleted, CancellationToken cancellationToken)
    {
        // What is to be a deleted log may be none yet.
        var known = target.IsFinished ? logs : [.. logs, .. deleted];
        var there = await target.Logs.ListAsync(stream: null, cancellationToken).ConfigureAwait(false);
        if (there.Except(known).ToList() is [var log, ..])
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

    private void OnBytes(long bytes)
    {
        _doneBytes += bytes;
        progress?.Report(new LogVerificationProgress(_partition, Math.Min(_doneBytes, _totalBytes), _totalBytes));
    }
}
