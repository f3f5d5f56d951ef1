using Microsoft.Extensions.Options;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Pages;
using Reflex.Orleans.Tails;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

/// <summary>Makes the page sources of this process.</summary>
/// <param name="grains">The way to the partitions' grains.</param>
/// <param name="streams">The streams that there are.</param>
/// <param name="options">How much is asked for at once.</param>
/// <param name="calls">How it is asked, and asked again.</param>
/// <param name="tails">What readers of this process share.</param>
/// <param name="logs">The storage; null in a client outside the cluster, which has none.</param>
/// <param name="instruments">Counts what is read from it; null where it is.</param>
internal sealed class PageSources(
    IGrainFactory grains,
    StreamDirectory streams,
    IOptions<ReflexOptions> options,
    RepeatedCalls calls,
    SharedTails tails,
    IEventLogProvider? logs = null,
    PartitionInstruments? instruments = null)
{
    /// <summary>All events of a partition.</summary>
    public IPageSource Of(PartitionId partition) => Of(partition, filter: null);

    /// <summary>Those events of a partition that somebody wants.</summary>
    public IPageSource Of(PartitionId partition, EventFilter? filter)
    {
        IPageSource owner = new GrainPageSource(partition, grains, streams, options.Value, calls, filter);
        if (filter is not null)
        {
            // What one leaves out another wants: they share nothing.
            return owner;
        }


        // Of a storage that one silo has, the owner is in this process, and reads from it as well as anybody.
        return new TailedPageSource(
            logs is { ServesClusters: true } ? new StoredPageSource(owner, logs, options.Value.PageBytes, instruments) : owner, tails);
    }
}
