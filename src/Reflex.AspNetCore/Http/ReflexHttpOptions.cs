namespace Reflex.AspNetCore.Http;

/// <summary>The bounds and intervals of Reflex's HTTP endpoints.</summary>
public sealed class ReflexHttpOptions
{
    /// <summary>The largest body of an append; a larger one is refused with 413 and nothing of it is appended.</summary>
    /// <value>
    /// In bytes. The default is 64 MiB, in line with what one append takes. Positive. It replaces the server's own limit for
    /// these requests.
    /// </value>
    public long MaxBodyBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The largest JSON text of one event: a line of an NDJSON body, or the whole of a JSON one.</summary>
    /// <value>
    /// In bytes. The default is 8 MiB: an event of 1 MiB takes up to six times that when every character is escaped. Positive.
    /// </value>
    public int MaxEventJsonBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>The most events of one body, which are all in memory until they are appended.</summary>
    /// <value>The default is 1,000,000. Positive.</value>
    public int MaxEventsPerBody { get; set; } = 1_000_000;

    /// <summary>
    /// The most streams that a client has at a time: an authenticated one over all its connections, those over gRPC included, any other
    /// on each. More are refused with 429.
    /// </summary>
    /// <value>The default is 1000. Positive.</value>
    public int MaxStreamsPerClient { get; set; } = 1000;

    /// <summary>
    /// How often an idle stream of Server-Sent Events gets a comment line, so that proxies keep the connection open and a
    /// vanished client is noticed. A comment comes after one to two intervals without an event.
    /// </summary>
    /// <value>The default is 15 seconds, since proxies commonly give up after 30 to 60. 1 millisecond to 1 hour.</value>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the ready check waits for the cluster to list its streams.</summary>
    /// <value>The default is 5 seconds. 1 millisecond to 1 minute.</value>
    public TimeSpan ReadyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many partitions a silo may be unable to use before <c>/health/problems</c> says so.</summary>
    /// <value>The default is 0: any is a problem. Not negative.</value>
    public int MaxFailedPartitions { get; set; }

    /// <summary>How many consumers of a silo may be stuck before <c>/health/problems</c> says so.</summary>
    /// <value>The default is 0: any is a problem. Not negative.</value>
    public int MaxStuckConsumers { get; set; }

    /// <summary>How long a consumer has to be stuck to count as one; most errors pass sooner.</summary>
    /// <value>The default is 1 minute. 0 to 1 day.</value>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a storage may take to make events durable before <c>/health/problems</c> says so; the slowest of the last half to whole
    /// minute counts, and one that is under way.
    /// </summary>
    /// <value>The default is 2 seconds. 1 millisecond to 1 hour.</value>
    public TimeSpan SlowStorage { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The origins whose pages may use the server from a browser: read what they are answered, and change what their user may. Pages of the
    /// server's own origin always may; those of any other may change nothing and read nothing. Programs have no origin.
    /// </summary>
    /// <value>
    /// Such as <c>https://app.example.com</c> or <c>http://localhost:3000</c>: each a scheme, a host and, unless it is the scheme's own, a
    /// port. <c>*</c> is none. The default is none.
    /// </value>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// The names, besides those of this machine alone, by which the server may be called where it is reached over a loopback address and
    /// access is off. A proxy on the same machine may pass on such a name.
    /// </summary>
    /// <value>Such as <c>events.example.com</c>, or <c>*.example.com</c> for all below it; without a port. The default is none.</value>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>The clock of the times above.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>. Not null.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
