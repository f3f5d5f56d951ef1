using System.Globalization;
using System.Net;
using Orleans.Configuration;

namespace Reflex.Silo.Configuration;

/// <summary>
/// Where a silo listens for Orleans, by the <c>Orleans:Endpoints</c> section. Orleans itself passes over what it can't read
/// there, so that the silo would listen elsewhere than it was told.
/// </summary>
internal sealed record OrleansEndpoints(
    IPAddress? Address, ushort? SiloPort, ushort? GatewayPort, IPEndPoint? SiloListening, IPEndPoint? GatewayListening)
{
    private delegate bool TryParse<T>(string text, out T value);

    /// <exception cref="FormatException">A value can't be read; the message names it.</exception>
    public static OrleansEndpoints Read(IConfigurationSection endpoints)
    {
        var found = new OrleansEndpoints(
            Plain(Find<IPAddress>(nameof(EndpointOptions.AdvertisedIPAddress), IPAddress.TryParse!, "an IP address such as 127.0.0.1")),
            FindPort(nameof(EndpointOptions.SiloPort)),
            FindPort(nameof(EndpointOptions.GatewayPort)),
            FindEndpoint(nameof(EndpointOptions.SiloListeningEndpoint)),
            FindEndpoint(nameof(EndpointOptions.GatewayListeningEndpoint)));
        return found.SiloPort is > 0 && found.SiloPort == found.GatewayPort
            ? throw new FormatException(
                $"The settings {endpoints.Path}:{nameof(EndpointOptions.SiloPort)} and "
                + $"{endpoints.Path}:{nameof(EndpointOptions.GatewayPort)} are both {found.SiloPort}: other silos and clients need a port "
                + "each.")
            : found;

        ushort? FindPort(string name) =>
            Find(name, (string text, out ushort? port) => (port = ParsePort(text)) is not null, "a port, a number of at most 65535");

        IPEndPoint? FindEndpoint(string name) =>
            Find<IPEndPoint>(name, IPEndPoint.TryParse!, "an IP address with a port, such as 127.0.0.1:30000") is { } endpoint
                ? new IPEndPoint(Plain(endpoint.Address)!, endpoint.Port)
                : null;

        T? Find<T>(string name, TryParse<T> tryParse, string expected)
        {
            var setting = endpoints.GetSection(name);
            return setting.Value is not { } text ? default : tryParse(text, out var value)
                ? value
                : throw new FormatException($"The setting {setting.Path} is '{text}': expected {expected}.");
        }
    }

    public void Apply(EndpointOptions options)
    {
        options.AdvertisedIPAddress = Address ?? options.AdvertisedIPAddress;
        options.SiloPort = SiloPort ?? options.SiloPort;
        options.GatewayPort = GatewayPort ?? options.GatewayPort;
        options.SiloListeningEndpoint = SiloListening;
        options.GatewayListeningEndpoint = GatewayListening;
    }

    // A socket can't be bound to an IPv4 address in the clothes of IPv6.
    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static ushort? ParsePort(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
}
