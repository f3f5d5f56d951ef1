using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Storage;

namespace Reflex.Orleans.Hosting;

/// <summary>Makes the listeners of one of Orleans' ports, with a limit for all of them together; Orleans has none.</summary>
internal sealed class LimitedClusterListeners(IConnectionListenerFactory inner, ClusterConnectionLimit limit) : IConnectionListenerFactory
{
    /// <summary>Puts the limit before every transport that Orleans has registered, under keys that only Orleans knows.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(provider => new ClusterConnectionLimit(
            ClusterConnectionLimit.DefaultOf(OpenFileLimit.OfTheProcess),
            provider.GetRequiredKeyedService<TimeProvider>(ReflexClock.Name),
            provider.GetRequiredService<ILogger<ClusterConnectionLimit>>()));
        for (var i = 0; i < services.Count; i++)
        {
            var service = services[i];
            if (service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory))
            {
                services[i] = ServiceDescriptor.KeyedSingleton<IConnectionListenerFactory>(
                    service.ServiceKey,
                    (provider, key) => new LimitedClusterListeners(
                        Make(service, provider, key), provider.GetRequiredService<ClusterConnectionLimit>()));
            }
        }
    }

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        new LimitedClusterListener(await inner.BindAsync(endpoint, cancellationToken), limit);

    private static IConnectionListenerFactory Make(ServiceDescriptor service, IServiceProvider provider, object? key) =>
        (IConnectionListenerFactory)(service.KeyedImplementationInstance
            ?? service.KeyedImplementationFactory?.Invoke(provider, key)
            ?? ActivatorUtilities.CreateInstance(provider, service.KeyedImplementationType!));
}
