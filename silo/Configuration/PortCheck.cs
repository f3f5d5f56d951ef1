using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Reflex.Silo.Configuration;

/// <summary>Refuses to start a lone silo on ports that another process listens on.</summary>
/// <remarks>
/// Orleans' own listeners share a port that is taken, where the system lets them: two silos would then get each other's
/// connections, and nobody would be told. The look comes before the silo itself listens, the refusal after the storage has had
/// its say, since a held data folder is the better reason of the two.
/// </remarks>
internal sealed class PortCheck(IOptions<EndpointOptions> endpoints) : ILifecycleParticipant<ISiloLifecycle>
{
    private string? _fault;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(PortCheck), ServiceLifecycleStage.First, _ => LookAsync());
        lifecycle.Subscribe(nameof(PortCheck), ServiceLifecycleStage.RuntimeInitialize, _ => RefuseAsync());
    }

    private Task LookAsync()
    {
        var options = endpoints.Value;
        Look(options.SiloListeningEndpoint ?? new IPEndPoint(options.AdvertisedIPAddress, options.SiloPort), nameof(options.SiloPort));
        if (options.GatewayListeningEndpoint is not null || options.GatewayPort != 0)
        {
            Look(
                options.GatewayListeningEndpoint ?? new IPEndPoint(options.AdvertisedIPAddress, options.GatewayPort),
                nameof(options.GatewayPort));
        }

        return Task.CompletedTask;
    }

    private void Look(IPEndPoint endpoint, string setting)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            _fault ??= $"The port {endpoint} is in use, by another silo it seems: stop that one first, or set Orleans:Endpoints:{setting}.";
        }
        catch (SocketException error)
        {
            // Orleans would fail for the same reason, and name neither the address nor the setting.
            throw new IOException($"Orleans' endpoint {endpoint} can't be had: {error.Message}. Set Orleans:Endpoints.", error);
        }
    }

    private Task RefuseAsync() => _fault is null ? Task.CompletedTask : throw new IOException(_fault);
}
