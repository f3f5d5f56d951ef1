using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Storage;
using Reflex;
using Reflex.Diagnostics;
using Reflex.Orleans;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Hosting;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Quotas;
using Reflex.Orleans.Spread;
using Reflex.Orleans.State;
using Reflex.Orleans.Upkeep;

namespace Orleans.Hosting;

/// <summary>Reflex in a silo.</summary>
public static class ReflexSiloBuilderExtensions
{
    // Every waiting reader is a long call, which Orleans looks at and reports at each analysis: of 10,000 idle consumers, at its
    // default of 5 s, that takes half of all they cost. This still leaves room before a call's time-out of 30 s.
    private static readonly TimeSpan WorkloadAnalysisPeriod = TimeSpan.FromSeconds(15);

    // For what comes after the drain: cancelling the logic, closing logs. With the default of the drain it is Orleans' own 30 s.
    private static readonly TimeSpan DrainMargin = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Makes a silo own partitions and run consumers, and gives its services an <see cref="IReflexClient"/>. May be repeated.
    /// </summary>
    /// <remarks>
    /// Cursors and stream definitions go to the Orleans grain storage named <see cref="ReflexStorageNames.GrainStorage"/>, which may be
    /// the embedded one: <c>UseSqliteState</c>.
    /// </remarks>
    /// <param name="builder">The silo that is to own partitions and to run consumers.</param>
    /// <param name="configure">Chooses the storages, and adds streams and consumers.</param>
    /// <returns>The same builder, for further calls.</returns>
    public static ISiloBuilder AddReflex(this ISiloBuilder builder, Action<IReflexBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        if (services.All(service => service.ServiceType != typeof(ConsumerRegistry)))
        {
            AddSiloServices(builder);
        }

        configure(new ReflexSiloBuilder(services));
        return builder;
    }

    private static void AddSiloServices(ISiloBuilder builder)
    {
        var services = builder.Services;
        ReflexServices.Add(services);
        LimitedClusterListeners.Add(services);
        MembershipDefaults.Add(services);
        services.AddOptionsWithValidateOnStart<PartitionLogOptions, PartitionLogOptionsValidator>();
        services.AddOptionsWithValidateOnStart<StreamQuotaOptions, StreamQuotaOptionsValidator>();
        services.AddSingleton<StreamQuotas>();
        services.AddSingleton<SiloDrain>();
        services.Configure<SiloConnectionOptions>(CallLosses.Watch);
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloLossWatch>();
        services.AddSingleton<LocalGrains>();
        services.AddSingleton<SpreadInstruments>();
        services.AddSingleton<IActivationWorkingSetObserver, EndingWatch>();
        services.AddSingleton<SiloLoads>();
        services.AddSingleton<SiloRelease>();
        services.AddSingleton<GrainMoves>();
        SpreadDirector.Add(services);
        services.AddPlacementDirector<OwnSiloPlacement, OwnSiloDirector>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SpreadWatch>();
        services.AddSingleton<FailedPartitions>();
        services.AddSingleton(provider => new CommitTimes(provider.GetRequiredKeyedService<TimeProvider>(ReflexClock.Name)));
        services.AddSingleton<PartitionInstruments>();
        services.AddSingleton(provider => new RetentionClock(
            provider.GetRequiredKeyedService<TimeProvider>(ReflexClock.Name),
            provider.GetRequiredService<PartitionInstruments>(),
            provider.GetRequiredService<ILogger<RetentionClock>>()));
        services.AddSingleton<FirstLook>();
        services.AddSingleton<ConsumerRegistry>();
        Publish(builder);

        // Made by hand, since a host in development would else fail over a missing grain storage before the validator tells what to do.
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ConsumerContext>(provider));
        services.AddSingleton<IStoredCursors>(provider => ActivatorUtilities.CreateInstance<StoredCursors>(provider));
        services.AddSingleton<IConfigurationValidator, ReflexConfigurationValidator>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ReflexLifecycle>();
        services.AddKeyedSingleton<IGrainStorageSerializer>(
            ReflexStorageNames.GrainStorage,
            (provider, _) => new StateSerializer(provider.GetRequiredService<IGrainStorageSerializer>()));
        builder.AddGrainService<ConsumerService>();
        services.AddOptions<GrainCollectionOptions>().PostConfigure<IOptions<ReflexOptions>>(WaitForDrain);
        services.Configure<SiloMessagingOptions>(options => options.GrainWorkloadAnalysisPeriod = WorkloadAnalysisPeriod);
    }

    /// <summary>Orleans leaves a grain that takes longer to end, in the middle of its event.</summary>
    private static void WaitForDrain(GrainCollectionOptions grains, IOptions<ReflexOptions> options)
    {
        var least = options.Value.DrainTimeout + DrainMargin;
        grains.DeactivationTimeout = grains.DeactivationTimeout < least ? least : grains.DeactivationTimeout;
    }

    /// <summary>
    /// Has the silo tell the others which batches it takes and which consumers it can run, and places each consumer where one of them can.
    /// </summary>
    private static void Publish(ISiloBuilder builder)
    {
        // Orleans takes a dictionary now and looks into it when the silo starts, when every consumer has been registered.
        var metadata = new Dictionary<string, string>([PublishedForms.Published]);
        builder.Services.AddSingleton<PublishedForms>();
        builder.Services.AddSingleton<PublishedConsumers>();
        builder.Services.AddOptions<SiloMetadata>().Configure<PublishedConsumers>((_, consumers) =>
        {
            foreach (var (key, value) in consumers.Publish())
            {
                metadata[key] = value;
            }
        });
        builder.UseSiloMetadata(metadata);
        builder.Services.AddPlacementFilter<RunnableOnlyFilter, RunnableOnlyDirector>(ServiceLifetime.Singleton);
    }
}
