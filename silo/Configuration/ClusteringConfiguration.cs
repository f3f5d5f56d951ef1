using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reflex.Silo.Settings;

namespace Reflex.Silo.Configuration;

/// <summary>Where the other silos are.</summary>
internal static class ClusteringConfiguration
{
    /// <summary>
    /// Leaves clustering to the <c>Orleans:Clustering</c> section, which Orleans reads itself; without one the silo runs alone,
    /// <c>Orleans:Endpoints</c> still chooses its ports, and they are for this machine unless <c>Reflex:Access</c> says otherwise.
    /// </summary>
    /// <exception cref="FormatException">An endpoint of a silo alone can't be read; the message names its setting.</exception>
    public static ISiloBuilder UseConfiguredClustering(this ISiloBuilder silo, IConfiguration configuration)
    {
        var orleans = configuration.GetSection("Orleans");
        if (orleans.GetSection("Clustering").Exists())
        {
            return silo;
        }

        // The ports of localhost clustering would otherwise win over the section's, which Orleans has bound before.
        var endpoints = LoneEndpoints.Read(orleans.GetSection("Endpoints"));
        silo.UseLocalhostClustering().Configure<EndpointOptions>(endpoints.Apply);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, PortCheck>();
        silo.Services.AddOptions<OrleansAccessSettings>().BindConfiguration($"{ReflexSettings.Section}:{ReflexSettings.Access}");
        silo.Services.AddOptionsWithValidateOnStart<EndpointOptions>();
        silo.Services.AddSingleton<IValidateOptions<EndpointOptions>, LoneEndpointsValidator>();
        return silo;
    }
}
