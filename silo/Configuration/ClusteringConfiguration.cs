using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting.Kubernetes;
using Reflex.Silo.Running;
using Reflex.Silo.Settings;

namespace Reflex.Silo.Configuration;

/// <summary>Where the other silos are, and when one of them is taken for dead.</summary>
internal static class ClusteringConfiguration
{
    private const string Clustering = "Clustering";

    private static readonly string[] PodVariables =
    [
        KubernetesHostingOptions.PodNameEnvironmentVariable, KubernetesHostingOptions.PodNamespaceEnvironmentVariable,
        KubernetesHostingOptions.PodIPEnvironmentVariable, "KUBERNETES_SERVICE_HOST",
    ];

    /// <summary>
    /// Leaves clustering to the <c>Orleans:Clustering</c> section, which Orleans reads itself. Without one the silo is of the cluster in
    /// its PostgreSQL, or it runs alone; <c>Orleans:Endpoints</c> still chooses its address and ports, which are for this machine
    /// otherwise. <c>Reflex:ClusterTls</c> guards them; without it they must be for this machine, unless <c>Reflex:Access</c> says
    /// otherwise. With <c>Reflex:Kubernetes</c> the silo is known by its pod, whose end is the silo's.
    /// </summary>
    /// <exception cref="FormatException">An endpoint can't be read; the message names its setting.</exception>
    public static ISiloBuilder UseConfiguredClustering(
        this ISiloBuilder silo, IConfiguration configuration, StorageConfiguration storage)
    {
        // Orleans reads no section for it.
        silo.Services.AddOptions<ClusterMembershipOptions>().BindConfiguration(ReflexSettings.Membership);
        silo.Services.AddSingleton<IFatalErrorHandler, FatalErrorExit>();
        var settings = configuration.GetSection(ReflexSettings.Section);
        GuardEndpoints(silo, settings);
        var orleans = configuration.GetSection("Orleans");
        var isInKubernetes = settings.GetValue<bool>(ReflexSettings.Kubernetes);
        if (isInKubernetes)
        {
            RequireCluster(storage, orleans);
            silo.UseKubernetesHosting();
        }

        if (orleans.GetSection(Clustering).Exists())
        {
            return silo;
        }

        // The ports of localhost clustering would otherwise win over the section's, which Orleans has bound before.
        var endpoints = OrleansEndpoints.Read(configuration.GetSection(ReflexSettings.Endpoints));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, PortCheck>();
        if (storage.Postgres is not null)
        {
            return silo.Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = isInKubernetes ? PodAddress() : IPAddress.Loopback;
                endpoints.Apply(options);
            });
        }

        return silo.UseLocalhostClustering().Configure<EndpointOptions>(endpoints.Apply);
    }

    /// <summary>What the silo is a part of, for people.</summary>
    /// <param name="services">Those of the silo, which serves.</param>
    public static string Describe(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var silo = services.GetRequiredService<ILocalSiloDetails>();
        var options = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        var silos = services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values
            .Count(member => member.Status == SiloStatus.Active);
        var isAlone = services.GetRequiredService<StorageConfiguration>().Postgres is null
            && !configuration.GetSection($"Orleans:{Clustering}").Exists();
        var what = isAlone ? "a silo alone" : $"one of {silos} silos of the cluster {options.ClusterId}, service {options.ServiceId}";
        var clients = silo.GatewayAddress is { } gateway ? $", for Orleans clients at {gateway.Endpoint}" : "";
        var isGuarded = configuration.GetSection($"{ReflexSettings.Section}:{ReflexSettings.ClusterTls}").Exists();
        return $"{what}, at {silo.SiloAddress.Endpoint}{clients}, {(isGuarded ? "with" : "without")} TLS";
    }

    private static IPAddress PodAddress()
    {
        const string Variable = KubernetesHostingOptions.PodIPEnvironmentVariable;
        var text = Environment.GetEnvironmentVariable(Variable);
        return IPAddress.TryParse(text, out var address)
            ? address
            : throw new FormatException($"The environment variable {Variable} is '{text}': expected the pod's IP address.");
    }

    private static void RequireCluster(StorageConfiguration storage, IConfiguration orleans)
    {
        if (storage.Postgres is null && !orleans.GetSection(Clustering).Exists())
        {
            throw new FormatException(
                $"{ReflexSettings.Section}:{ReflexSettings.Kubernetes} is for the silos of a cluster, and this one is alone: set "
                + $"{ReflexSettings.Section}:{ReflexSettings.Storage}={StorageKind.Postgres}, or leave it out.");
        }

        var missing = PodVariables.Where(name => string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(name))).ToList();
        if (missing.Count > 0)
        {
            throw new FormatException(
                $"{ReflexSettings.Section}:{ReflexSettings.Kubernetes} needs the environment variables {string.Join(", ", PodVariables)} "
                + $"of a pod, as deploy/kubernetes/cluster.yaml has them, and {string.Join(", ", missing)} isn't set.");
        }
    }

    private static void GuardEndpoints(ISiloBuilder silo, IConfigurationSection settings)
    {
        var tls = settings.GetSection(ReflexSettings.ClusterTls);
        if (tls.Exists())
        {
            silo.UseClusterTls(tls.Bind);
            return;
        }

        silo.Services.AddOptions<OrleansAccessSettings>().BindConfiguration($"{ReflexSettings.Section}:{ReflexSettings.Access}");
        silo.Services.AddOptionsWithValidateOnStart<EndpointOptions>();
        silo.Services.AddSingleton<IValidateOptions<EndpointOptions>, OrleansEndpointsValidator>();
    }
}
