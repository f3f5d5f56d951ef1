using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Spread;

namespace Reflex.Orleans.Consumers;

/// <summary>What every consumer grain of a silo shares.</summary>
internal sealed class ConsumerContext(
    [FromKeyedServices(ReflexStorageNames.GrainStorage)] IGrainStorage storage,
    ConsumerRegistry registry,
    PublishedConsumers published,
    StreamDirectory streams,
    ILocalSiloDetails silo,
    PageSources pages,
    SiloDrain drain,
    CallLosses losses,
    LocalGrains localGrains,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ReflexInstruments instruments,
    ILoggerFactory loggers)
{
    public IGrainStorage Storage => storage;

    public ConsumerRegistry Registry => registry;

    /// <summary>What all silos can run.</summary>
    public PublishedConsumers Published => published;

    public StreamDirectory Streams => streams;

    public SiloAddress Silo => silo.SiloAddress;

    public PageSources Pages => pages;

    public CallLosses Losses => losses;

    public SiloDrain Drain => drain;

    public LocalGrains LocalGrains => localGrains;

    public ReflexOptions Options => options.Value;

    public TimeProvider TimeProvider => timeProvider;

    public ReflexInstruments Instruments => instruments;

    public ILogger Logger { get; } = loggers.CreateLogger<ConsumerGrain>();
}
