using Microsoft.Extensions.Options;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Pages;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

/// <summary>Makes the page sources of this process.</summary>
/// <param name="grains">The way to the partitions' grains.</param>
/// <param name="streams">The streams that there are.</param>
/// <param name="options">How much is asked for at once.</param>
/// <param name="calls">How it is asked, and asked again.</param>
internal sealed class PageSources(
    IGrainFactory grains, StreamDirectory streams, IOptions<ReflexOptions> options, RepeatedCalls calls)
{
    public IPageSource Of(PartitionId partition) => new GrainPageSource(partition, grains, streams, options.Value, calls);
}
