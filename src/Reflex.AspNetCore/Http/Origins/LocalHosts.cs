using System.Net;

namespace Reflex.AspNetCore.Http.Origins;

/// <summary>Tells names and addresses of this machine alone from others.</summary>
internal static class LocalHosts
{
    private const string Name = "localhost";

    public static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>Whether a host can only be this machine, whoever answers for names.</summary>
    /// <param name="host">Without a port, an IPv6 address in brackets.</param>
    public static bool IsLocal(string host)
    {
        // The dot of the root changes nothing.
        var name = host.EndsWith('.') ? host[..^1] : host;
        if (name.Equals(Name, StringComparison.OrdinalIgnoreCase) || name.EndsWith($".{Name}", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // With a zone it would be an interface's, which no URL of a browser names.
        return !name.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(name, out var address) && IsLoopback(address);
    }
}
