using Reflex.Copying.State;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying.Places;

/// <summary>What a source holds at a moment. A look after all was copied tells whether somebody has used it meanwhile.</summary>
/// <remarks>Not every silo can be seen: those that have their membership elsewhere aren't.</remarks>
/// <param name="Logs">Each log's owner and what it holds.</param>
/// <param name="Records">All records of grains' state; null where there is nothing that could hold some.</param>
internal sealed record SourceLook(
    IReadOnlyDictionary<PartitionId, (long Epoch, LogBounds Bounds)> Logs, IReadOnlyList<StateRecord>? Records)
{
    /// <summary>What the events of all logs take.</summary>
    public long Bytes => Logs.Values.Sum(log => log.Bounds.Bytes);

    /// <summary>How many events all logs hold.</summary>
    public long Events => Logs.Values.Sum(log => log.Bounds.Head.Value - log.Bounds.Oldest.Value + 1);

    public static async Task<SourceLook> TakeAsync(ICopySource source, CancellationToken cancellationToken)
    {
        // Before the logs, so that no cursor is without its event.
        var records = await source.ReadStateAsync(cancellationToken).ConfigureAwait(false);
        var logs = new Dictionary<PartitionId, (long Epoch, LogBounds Bounds)>();
        foreach (var partition in await source.Logs.ListAsync(stream: null, cancellationToken).ConfigureAwait(false))
        {
            var epoch = await source.Logs.GetEpochAsync(partition, cancellationToken).ConfigureAwait(false);
            logs.Add(partition, (epoch, await BoundsAsync(source, partition, cancellationToken).ConfigureAwait(false)));
        }

        return new SourceLook(logs, records);
    }

    /// <exception cref="StorageRefusedException">The source holds something else now.</exception>
    public async Task RequireUnchangedAsync(ICopySource source, CancellationToken cancellationToken)
    {
        var now = await TakeAsync(source, cancellationToken).ConfigureAwait(false);
        var log = Logs.Keys.Union(now.Logs.Keys).FirstOrDefault(
            partition => Logs.GetValueOrDefault(partition) != now.Logs.GetValueOrDefault(partition));
        var what = log != default ? $"the log of {log}" : StateComparison.Find(Records ?? [], now.Records ?? []);
        if (what is not null)
        {
            throw new StorageRefusedException(
                $"The source, {source.Place}, was changed while it was copied: {what}; stop all silos that use it and copy again.");
        }
    }

    private static async Task<LogBounds> BoundsAsync(ICopySource source, PartitionId partition, CancellationToken cancellationToken)
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
}
