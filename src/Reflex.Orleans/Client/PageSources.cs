using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.Orleans.Hosting;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>Makes the page sources of this process.</summary>
/// <param name="grains">The way to the partitions' grains.</param>
/// <param name="streams">The streams that there are.</param>
/// <param name="options">How much is asked for at once, and for how long again.</param>
/// <param name="timeProvider">The clock for waits.</param>
/// <param name="logger">Where failing reads are told.</param>
/// <param name="drain">The silo's stopping; null in a client.</param>
internal sealed class PageSources(
    IGrainFactory grains,
    StreamDirectory streams,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<GrainPageSource> logger,
    SiloDrain? drain = null)
{
    public IPageSource Of(PartitionId partition) =>
        new GrainPageSource(partition, grains, streams, options.Value, timeProvider, logger, drain);
}
