using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reflex.Silo.Running;
using Reflex.Silo.Settings;

namespace Reflex.Silo.Configuration;

/// <summary>Where the other silos are, and when one of them is taken for dead.</summary>
internal static class ClusteringConfiguration
{
    private const string Membership = "Orleans:ClusterMembership";

    /// <summary>
    /// Leaves clustering to the <c>Orleans:Clustering</c> section, which Orleans reads itself. Without one the silo is of the cluster in
    /// its PostgreSQL, or it runs alone; <c>Orleans:Endpoints</c> still chooses its address and ports, which are for this machine
    /// otherwise, and those of a silo alone must be so unless <c>Reflex:Access</c> says otherwise.
    /// </summary>
    /// <exception cref="FormatException">An endpoint can't be read; the message names its setting.</exception>
    public static ISiloBuilder UseConfiguredClustering(
        this ISiloBuilder silo, IConfiguration configuration, StorageConfiguration storage)
    {
        // Orleans reads no section for it. A name in it that there isn't is a typing error.
        silo.Services.AddOptions<ClusterMembershipOptions>()
            .BindConfiguration(Membership, binder => binder.ErrorOnUnknownConfiguration = true);
        silo.Services.AddSingleton<IFatalErrorHandler, FatalErrorExit>();
        var orleans = configuration.GetSection("Orleans");
        if (orleans.GetSection("Clustering").Exists())
        {
            return silo;
        }

        // The ports of localhost clustering would otherwise win over the section's, which Orleans has bound before.
        var endpoints = OrleansEndpoints.Read(orleans.GetSection("Endpoints"));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, PortCheck>();
        if (storage.Postgres is not null)
        {
            return silo.Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = IPAddress.Loopback;
                endpoints.Apply(options);
            });
        }

        silo.UseLocalhostClustering().Configure<EndpointOptions>(endpoints.Apply);
        silo.Services.AddOptions<OrleansAccessSettings>().BindConfiguration($"{ReflexSettings.Section}:{ReflexSettings.Access}");
        silo.Services.AddOptionsWithValidateOnStart<EndpointOptions>();
        silo.Services.AddSingleton<IValidateOptions<EndpointOptions>, LoneEndpointsValidator>();
        return silo;
    }
}
