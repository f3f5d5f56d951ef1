using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;
using Reflex.Storage;

namespace Reflex.Orleans.Hosting;

/// <summary>Refuses a silo whose parts don't fit together.</summary>
internal sealed class ReflexConfigurationValidator(IServiceProvider services) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        if (services.GetService<IEventLogProvider>() is not { } provider)
        {
            throw new OrleansConfigurationException(
                "Reflex has no storage for its logs: choose one in AddReflex, for example reflex.UseFileLog(\"data\").");
        }

        if (services.GetKeyedService<IGrainStorage>(ReflexStorageNames.GrainStorage) is not { } state)
        {
            throw new OrleansConfigurationException(
                "Reflex has no storage for cursors and stream definitions: choose the embedded one in AddReflex, reflex.UseSqliteState(), "
                + $"or register a grain storage of Orleans' named '{ReflexStorageNames.GrainStorage}', such as the one for Redis.");
        }

        if (FindClustering() is not { } clustering)
        {
            return;
        }

        if (!provider.ServesClusters)
        {
            throw new OrleansConfigurationException(
                $"This silo is configured for a cluster ({clustering}) but the {provider.Name} serves a single silo: "
                + "choose a storage that serves clusters, or remove the clustering from the Orleans section.");
        }

        if (state is ILocalState local)
        {
            throw new OrleansConfigurationException(
                $"This silo is configured for a cluster ({clustering}) but cursors and stream definitions would go to {local.Name}, "
                + $"which the other silos can't see: register a grain storage named '{ReflexStorageNames.GrainStorage}' that they share, "
                + "such as one of Orleans' for Redis, or remove the clustering.");
        }

        if (IsDevelopment())
        {
            throw new OrleansConfigurationException(
                $"This silo is configured to join a cluster whose membership is in the memory of one of its silos ({clustering}), and "
                + "is lost with that silo: choose a clustering with a storage of its own, such as one of Orleans' for Redis.");
        }
    }

    /// <summary>What makes the silo a part of a cluster, for people; null when it is alone.</summary>
    private string? FindClustering()
    {
        if (services.GetService<IMembershipTable>() is not { } membership)
        {
            return null;
        }

        if (membership.GetType().Assembly != typeof(Silo).Assembly)
        {
            return membership.GetType().Name;
        }

        // The runtime's own is in the memory of the primary silo, which is alone unless another one is configured to join it.
        return IsDevelopment() ? $"development clustering at {Primary}" : null;
    }

    private IPEndPoint? Primary => services.GetService<IOptions<DevelopmentClusterMembershipOptions>>()?.Value.PrimarySiloEndpoint;

    private bool IsDevelopment() =>
        services.GetService<IMembershipTable>()?.GetType().Assembly == typeof(Silo).Assembly
            && Primary is { } primary
            && !primary.Equals(services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint);
}
