using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reflex.Silo.Settings;

namespace Reflex.Silo.Configuration;

/// <summary>Refuses Orleans' endpoints that other machines can reach without TLS, unless that is allowed.</summary>
/// <remarks>Orleans asks nobody who they are: whoever reaches such a port may do everything, whatever access control says.</remarks>
internal sealed class OrleansEndpointsValidator(IOptions<OrleansAccessSettings> access) : IValidateOptions<EndpointOptions>
{
    public ValidateOptionsResult Validate(string? name, EndpointOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (access.Value.AllowOrleansFromOtherMachines)
        {
            return result.Build();
        }

        Require(options.SiloListeningEndpoint, nameof(options.SiloListeningEndpoint), options.SiloPort);

        // A port of 0 means no gateway, but only where none is told to listen.
        Require(options.GatewayListeningEndpoint, nameof(options.GatewayListeningEndpoint), options.GatewayPort);
        return result.Build();

        void Require(IPEndPoint? listening, string setting, int port)
        {
            var endpoint = listening ?? new IPEndPoint(options.AdvertisedIPAddress, port);
            var isServed = listening is not null || port != 0;
            if (isServed && !ExposureCheck.IsLocal(endpoint.Address))
            {
                result.AddError(
                    $"Orleans' endpoint {endpoint} can be reached from other machines, and whoever reaches it may do everything, whatever "
                    + "Reflex:Access says: let only silos and clients with a certificate in by Reflex:ClusterTls, set Orleans:Endpoints:"
                    + $"{(listening is null ? nameof(options.AdvertisedIPAddress) : setting)} to an address of this machine only, or allow "
                    + "this with Reflex:Access:AllowOrleansFromOtherMachines=true.");
            }
        }
    }
}
