using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Reflex.AspNetCore.Access;

namespace Reflex.Silo.Configuration;

/// <summary>Refuses an endpoint that other machines can reach while everybody may do everything.</summary>
/// <remarks>
/// Kestrel shows each endpoint before it binds it, also one that comes with a change of the configuration while it runs, so that
/// nothing is served meanwhile. The addresses that it reports afterwards would come too late for both.
/// </remarks>
internal static class ExposureCheck
{
    /// <exception cref="InvalidOperationException">The endpoint is such a one.</exception>
    public static void Require(ListenOptions endpoint, ReflexAccessOptions access)
    {
        if (!access.IsOn && !access.AllowAnonymous && !IsLocal(endpoint.EndPoint))
        {
            throw new InvalidOperationException(
                $"The endpoint {endpoint} can be reached from other machines and nothing says who may do what: set ApiKeys, Jwt or "
                + "Certificates and Policies in Reflex:Access, or let everybody do everything with Reflex:Access:AllowAnonymous=true.");
        }
    }

    /// <summary>Whether only this machine reaches an address.</summary>
    public static bool IsLocal(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsLocal(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint ip => IsLocal(ip.Address),
        UnixDomainSocketEndPoint => true,

        // What a file handle or a pipe is bound to isn't known here.
        _ => false,
    };
}
