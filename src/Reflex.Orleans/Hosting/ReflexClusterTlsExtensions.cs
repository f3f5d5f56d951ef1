using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reflex.Orleans;
using Reflex.Orleans.Tls;

namespace Orleans.Hosting;

/// <summary>TLS between the silos of a cluster, and between them and its Orleans clients.</summary>
public static class ReflexClusterTlsExtensions
{
    /// <summary>
    /// Lets only silos and clients in that have a certificate of the cluster's authority, and connects to such silos only. All silos and
    /// clients of a cluster need it. May be repeated, and then only changes the options.
    /// </summary>
    /// <param name="builder">The silo whose ports it is for.</param>
    /// <param name="configure">Names the files. What is wrong with them stops the application's start.</param>
    /// <returns>The same builder, for further calls.</returns>
    public static ISiloBuilder UseClusterTls(this ISiloBuilder builder, Action<ClusterTlsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Add<SiloConnectionOptions>(builder.Services, configure, CertificateUses.ServerAndClient, ClusterTls.Secure);
        return builder;
    }

    /// <inheritdoc cref="UseClusterTls(ISiloBuilder, Action{ClusterTlsOptions})"/>
    /// <param name="builder">The client that connects to such silos.</param>
    /// <param name="configure">Names the files. What is wrong with them stops the application's start.</param>
    public static IClientBuilder UseClusterTls(this IClientBuilder builder, Action<ClusterTlsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Add<ClientConnectionOptions>(builder.Services, configure, CertificateUses.Client, ClusterTls.Secure);
        return builder;
    }

    private static void Add<TConnectionOptions>(
        IServiceCollection services, Action<ClusterTlsOptions> configure, CertificateUses uses, Action<TConnectionOptions> secure)
        where TConnectionOptions : class
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptionsWithValidateOnStart<ClusterTlsOptions>().Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(ClusterTls)))
        {
            return;
        }

        services.TryAddSingleton<IValidateOptions<ClusterTlsOptions>>(new ClusterTlsOptionsValidator(uses));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ClusterCertificates>(provider, uses));
        services.AddSingleton<ClusterTls>();

        // Before all others, which then see connections of the cluster only.
        services.Insert(
            0, ServiceDescriptor.Singleton<IConfigureOptions<TConnectionOptions>>(new ConfigureOptions<TConnectionOptions>(secure)));
    }
}
