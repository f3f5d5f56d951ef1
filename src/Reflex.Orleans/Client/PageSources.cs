using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.Orleans.Hosting;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>Makes the page sources of this process, which has a drain if it is a silo.</summary>
internal sealed class PageSources(
    IGrainFactory grains,
    StreamDirectory streams,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<GrainPageSource> logger,
    SiloDrain? drain = null)
{
    public IPageSource Of(PartitionId partition) =>
        new GrainPageSource(partition, grains, streams, options.Value, timeProvider, logger, drain?.Stopping ?? CancellationToken.None);
}
