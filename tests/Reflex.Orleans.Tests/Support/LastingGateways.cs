using Microsoft.Extensions.DependencyInjection;
using Orleans.Messaging;

namespace Reflex.Orleans.Tests.Support;

/// <summary>
/// The gateways of a test's cluster. When one has said that it stops, a client believes it for a while, as it does with those of a real
/// membership: else it would send to it again after the next look, or cut the connection on which its answers come.
/// </summary>
internal sealed class LastingGateways(IGatewayListProvider inner) : IGatewayListProvider
{
    public TimeSpan MaxStaleness => TimeSpan.FromMinutes(1);

    public bool IsUpdatable => true;

    /// <summary>Takes the place of the provider that is there.</summary>
    public static void Add(IServiceCollection services)
    {
        var former = services.Last(service => service.ServiceType == typeof(IGatewayListProvider));
        services.Remove(former);
        services.AddSingleton<IGatewayListProvider>(new LastingGateways((IGatewayListProvider)former.ImplementationInstance!));
    }

    public Task InitializeGatewayListProvider() => inner.InitializeGatewayListProvider();

    public Task<IList<Uri>> GetGateways() => inner.GetGateways();
}
