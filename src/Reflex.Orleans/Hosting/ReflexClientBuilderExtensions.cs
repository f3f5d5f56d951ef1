using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reflex;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Hosting;

namespace Orleans.Hosting;

/// <summary>Reflex in an Orleans client outside the cluster.</summary>
public static class ReflexClientBuilderExtensions
{
    // While silos are restarted in turn, each waits for the one before it, which takes some seconds. Who asks for the gateways at
    // Orleans' interval of a minute would know none of the new ones when the last old one goes.
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(5);

    /// <summary>Gives the client's services an <see cref="IReflexClient"/>. May be repeated.</summary>
    /// <remarks>
    /// Unless the application says otherwise, the client looks for gateways every 5 seconds
    /// (<see cref="GatewayOptions.GatewayListRefreshPeriod"/>), so that it finds silos that have come before those that it knows go.
    /// </remarks>
    /// <param name="builder">The client that is to reach the cluster.</param>
    /// <returns>The same builder, for further calls.</returns>
    public static IClientBuilder AddReflexClient(this IClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(CallLosses)))
        {
            return builder;
        }

        ReflexServices.Add(builder.Services);
        builder.Services.Configure<ClientConnectionOptions>(CallLosses.Watch);
        builder.Services.AddSingleton<ILifecycleParticipant<IClusterClientLifecycle>, ClientLossWatch>();
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<GatewayOptions>>(
            new ConfigureOptions<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayRefresh)));
        return builder;
    }
}
