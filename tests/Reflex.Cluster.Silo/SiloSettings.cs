using System.Net;

namespace Reflex.Cluster.Silo;

/// <summary>What the test tells a silo on its command line.</summary>
internal sealed class SiloSettings
{
    public required string Postgres { get; init; }

    /// <summary>Where the others and the clients find it.</summary>
    public required string Address { get; init; }

    /// <summary>The port at which the others find it. The test listens there, and passes on to <see cref="SiloListening"/>.</summary>
    public required int SiloPort { get; init; }

    /// <summary>Where it listens itself for the others.</summary>
    public required string SiloListening { get; init; }

    public required int GatewayPort { get; init; }

    public required int HttpPort { get; init; }

    public required int GrpcPort { get; init; }

    /// <summary>The file for the events that its consumers handle.</summary>
    public required string Ledger { get; init; }

    public required int Partitions { get; init; }

    public IPAddress IPAddress => IPAddress.Parse(Address);
}
