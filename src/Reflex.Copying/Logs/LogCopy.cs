using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying.Logs;

/// <summary>Copies one log, from where its copy ends.</summary>
/// <param name="source">The logs that are copied.</param>
/// <param name="target">Where they are copied to.</param>
/// <param name="place">Where that is, for people.</param>
/// <param name="onBytes">Is told how much was copied, after each piece.</param>
internal sealed class LogCopy(IEventLogProvider source, IEventLogProvider target, string place, Action<long> onBytes)
{
    /// <summary>Copies a log; answers how many events were brought.</summary>
    /// <exception cref="StorageRefusedException">The copy holds something else. Nothing was changed.</exception>
    public async Task<long> RunAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var reader = await source.OpenReaderAsync(partition, cancellationToken).ConfigureAwait(false)
            ?? throw new LogFailedException(partition, "it was deleted while it was copied; copy again.");
        await using (reader.ConfigureAwait(false))
        {
            var head = reader.Bounds.Head;
            var start = await StartAsync(reader, partition, cancellationToken).ConfigureAwait(false);
            if (await FindDifferenceAsync(reader, partition, start, cancellationToken).ConfigureAwait(false) is { } difference)
            {
                throw difference.ToRefusal(place);
            }

            await target.BeginAsync(partition, start, cancellationToken).ConfigureAwait(false);
            var copy = await target.OpenAsync(partition, cancellationToken).ConfigureAwait(false);
            await using (copy.ConfigureAwait(false))
            {
                var before = copy.Bounds.Head;
                await foreach (var batches in LogBatches.ReadAsync(reader, partition, before, cancellationToken).ConfigureAwait(false))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await copy.ImportAsync(batches).ConfigureAwait(false);
                    onBytes(batches.Sum(batch => (long)batch.Bytes.Length));
                }

                return head.Value - before.Value;
            }
        }
    }

    /// <summary>Copies what is left of a deleted log.</summary>
    /// <exception cref="StorageRefusedException">The copy holds something else. Nothing was changed.</exception>
    public async Task RunAsync(DeletedLog deleted, CancellationToken cancellationToken)
    {
        var (partition, left) = deleted;
        var reader = await target.OpenReaderAsync(partition, cancellationToken).ConfigureAwait(false);
        if (reader is not null)
        {
            await using (reader.ConfigureAwait(false))
            {
                if (reader.Bounds.Oldest <= reader.Bounds.Head)
                {
                    throw new Difference(partition, "a log that was deleted", Difference.Tell(reader.Bounds)).ToRefusal(place);
                }
            }
        }

        await target.BeginAsync(partition, left, cancellationToken).ConfigureAwait(false);
        var epoch = await target.GetEpochAsync(partition, cancellationToken).ConfigureAwait(false);
        await target.DeleteAsync(partition, epoch, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LogStart> StartAsync(IEventLogReader reader, PartitionId partition, CancellationToken cancellationToken)
    {
        var bounds = reader.Bounds;
        var epoch = await source.GetEpochAsync(partition, cancellationToken).ConfigureAwait(false);
        var greatest = Math.Max(epoch, bounds.HeadEpoch);
        if (bounds.Oldest > bounds.Head)
        {
            return new LogStart(bounds.Head, bounds.HeadEpoch, bounds.HeadAppendedAt, greatest);
        }

        // The batch as a whole, where the oldest event is in its middle.
        var first = await LogBatches.FindAsync(reader, partition, bounds.Oldest, cancellationToken).ConfigureAwait(false);
        return first.BaseId.Value == 1
            ? new LogStart(EventId.None, 0, DateTimeOffset.UnixEpoch, greatest)
            : new LogStart(
                new EventId(first.BaseId.Value - 1),
                first.PreviousEpoch ?? 0,
                first.AppendedAt > DateTimeOffset.UnixEpoch ? first.AppendedAt : DateTimeOffset.UnixEpoch,
                greatest);
    }

    /// <summary>Looks whether the copy is a beginning of the log; null when it is.</summary>
    private async Task<Difference?> FindDifferenceAsync(
        IEventLogReader reader, PartitionId partition, LogStart start, CancellationToken cancellationToken)
    {
        var copy = await target.OpenReaderAsync(partition, cancellationToken).ConfigureAwait(false);
        if (copy is null)
        {
            return null;
        }

        await using (copy.ConfigureAwait(false))
        {
            var (expected, found) = (reader.Bounds, copy.Bounds);
            if (found.Oldest > found.Head)
            {
                // It begins anew.
                return null;
            }

            // Retention may have removed from the log what the copy has, but not what the copy still lacks.
            var isAllTrimmed = found.Head == start.After && (start.Epoch == 0 || start.Epoch == found.HeadEpoch);
            if (found.Head > expected.Head || found.Oldest.Value > start.After.Value + 1 || (found.Head <= start.After && !isAllTrimmed))
            {
                return new Difference(partition, Difference.Tell(expected), Difference.Tell(found));
            }

            if (isAllTrimmed)
            {
                return null;
            }

            var wanted = await LogBatches.FindAsync(reader, partition, found.Head, cancellationToken).ConfigureAwait(false);
            var last = await LogBatches.FindAsync(copy, partition, found.Head, cancellationToken).ConfigureAwait(false);
            return LogComparison.AreSame(wanted, last)
                ? null
                : new Difference(partition, Difference.Tell(wanted), Difference.Tell(last));
        }
    }
}
