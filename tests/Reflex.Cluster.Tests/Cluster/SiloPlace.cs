using System.Net;

namespace Reflex.Cluster.Tests.Cluster;

/// <summary>The address and the ports of a silo.</summary>
/// <param name="Address">Where others and clients find it.</param>
/// <param name="Ports">Of the silo, the one at which it listens behind the test's proxy, its gateway, HTTP and gRPC.</param>
internal sealed record SiloPlace(IPAddress Address, int[] Ports)
{
    // Ports are looked for on 127.0.0.1.
    private const int FirstAddress = 2;

    private static int _last;

    public IPEndPoint Advertised => new(Address, Ports[0]);

    public IPEndPoint Listening => new(IPAddress.Loopback, Ports[1]);

    public int GatewayPort => Ports[2];

    public int HttpPort => Ports[3];

    public int GrpcPort => Ports[4];

    public Uri Http => new($"http://{Address}:{HttpPort}");

    public Uri Grpc => new($"http://{Address}:{GrpcPort}");

    /// <summary>A place on an address of the loopback that none before had, until they are all used.</summary>
    public static SiloPlace Find()
    {
        var number = FirstAddress + (Interlocked.Increment(ref _last) % 250);
        return new SiloPlace(new IPAddress([127, 0, 0, (byte)number]), Reflex.Tests.Shared.Ports.Free(5));
    }
}
