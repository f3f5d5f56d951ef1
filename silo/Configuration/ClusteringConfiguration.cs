using Orleans.Configuration;

namespace Reflex.Silo.Configuration;

/// <summary>Where the other silos are.</summary>
internal static class ClusteringConfiguration
{
    /// <summary>
    /// Leaves clustering to the <c>Orleans:Clustering</c> section, which Orleans reads itself; without one the silo runs alone,
    /// and <c>Orleans:Endpoints</c> still chooses its ports.
    /// </summary>
    public static ISiloBuilder UseConfiguredClustering(this ISiloBuilder silo, IConfiguration configuration)
    {
        var orleans = configuration.GetSection("Orleans");
        if (orleans.GetSection("Clustering").Exists())
        {
            return silo;
        }

        // The ports of localhost clustering would otherwise win over the section's, which Orleans has bound before.
        silo.UseLocalhostClustering().Configure<EndpointOptions>(orleans.GetSection("Endpoints"));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, PortCheck>();
        return silo;
    }
}
