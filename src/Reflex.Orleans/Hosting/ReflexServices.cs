using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Serialization;
using Reflex.Consumers;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Client;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Sessions;
using Reflex.Orleans.Tails;

namespace Reflex.Orleans.Hosting;

/// <summary>The services that silos and outside clients share.</summary>
internal static class ReflexServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddMetrics();
        services.AddOptionsWithValidateOnStart<ReflexOptions, ReflexOptionsValidator>();
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add(nameof(Reflex)));
        services.TryAddKeyedSingleton(ReflexClock.Name, TimeProvider.System);
        services.TryAddSingleton(provider => new ReflexInstruments(
            provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredKeyedService<TimeProvider>(ReflexClock.Name)));
        services.TryAddSingleton<CallLosses>();
        services.TryAddSingleton<StreamDirectory>();
        services.TryAddSingleton<ConsumerDirectory>();
        services.TryAddSingleton<RepeatedCalls>();
        services.TryAddSingleton<SharedTails>();
        services.TryAddSingleton<PageSources>();
        services.TryAddSingleton<OutsideConsumers>();
        services.TryAddSingleton<SessionOpener>();
        services.TryAddSingleton<Appenders>();
        services.TryAddSingleton<IReflexClient, ReflexClient>();
    }
}
