using Microsoft.Extensions.DependencyInjection;
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

        // The one membership of the runtime's own lives in the memory of a single silo.
        if (!provider.ServesClusters
            && services.GetService<IMembershipTable>() is { } membership
            && membership.GetType().Assembly != typeof(Silo).Assembly)
        {
            throw new OrleansConfigurationException(
                $"This silo is configured for a cluster ({membership.GetType().Name}) but the {provider.Name} serves a single silo: "
                + "choose a storage that serves clusters, or remove the clustering from the Orleans section.");
        }
    }
}
