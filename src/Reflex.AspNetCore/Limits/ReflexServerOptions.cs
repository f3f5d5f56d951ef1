namespace Reflex.AspNetCore.Limits;

/// <summary>The bounds that Reflex's endpoints of HTTP and gRPC share.</summary>
public sealed class ReflexServerOptions
{
    private const int ReceivingShare = 16;
    private const long LeastReceivingBytes = 16 * 1024 * 1024;
    private const int ReadingShare = 4;
    private const long LeastReadingBytes = 32 * 1024 * 1024;

    /// <summary>
    /// How much of bodies and messages all requests together may have received before it is appended. What finds no room waits for
    /// <see cref="BusyTimeout"/> and is then refused: HTTP's 503, gRPC's RESOURCE_EXHAUSTED. Small requests have a quarter of it for
    /// themselves; a body or message that is larger than the rest is taken when no other is. Besides, the events that are made of them may
    /// take three quarters of as much again, at 512 bytes each.
    /// </summary>
    /// <value>
    /// In bytes, as they come or unpacked. The default is null: a sixteenth of the memory that the process may use, and at least
    /// 16 MiB. Otherwise positive.
    /// </value>
    public long? MaxReceivingBytes { get; set; }

    /// <summary>
    /// How much the responses of all streams may hold in memory; one that waits at the head holds little. A client may read as
    /// slowly as it likes while there is room. When another stream needs room and there is none, the one is cut whose client has taken
    /// nothing for the longest time, at least a second; it resumes from its cursor.
    /// </summary>
    /// <value>
    /// In bytes. The default is null: a quarter of the memory that the process may use, and at least 32 MiB. Otherwise positive. A stream
    /// whose client doesn't read holds 384 KiB or, if that is more, six times its largest event; one of several partitions holds 6 KiB
    /// for each besides, at the head too, of half as much again.
    /// </value>
    public long? MaxReadingBytes { get; set; }

    /// <summary>How long a request waits for room before it is refused.</summary>
    /// <value>The default is 5 seconds. 1 millisecond to 1 hour.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a body over 32 KiB may take to bring the next 30 KiB before it is refused with 408, since it takes room meanwhile.
    /// </summary>
    /// <value>The default is 30 seconds. 1 millisecond to 1 hour.</value>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many connections of HTTP and gRPC there may be together, on all of Kestrel's endpoints. One more is refused: over HTTP/1.1
    /// with 503, others are closed. A stream over HTTP/1.1 keeps a connection for itself; three quarters of all may have one, and one more
    /// is refused with 503.
    /// </summary>
    /// <value>
    /// The default is null: half of the files that the process may have open beyond 384, which the runtime needs, and at least 8.
    /// Otherwise 1 to the process' limit of open files.
    /// </value>
    public int? MaxConnections { get; set; }

    /// <summary>
    /// How long the client of a stream may leave unacknowledged what was sent to it before it counts as gone and its stream ends. A stream
    /// that sends nothing asks its client after half of that time. A client that is there and reads nothing isn't gone.
    /// </summary>
    /// <value>
    /// The default is 1 minute, by which a lost network is noticed within a minute and a half. 1 second to 1 hour. Over HTTP/1.1 and on
    /// another system than Linux, what was sent and isn't acknowledged is left to that system.
    /// </value>
    public TimeSpan PeerTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a stream may last before it ends as it does when the server stops: its client streams again from its last cursor, and
    /// comes to another server, where a load balancer has several. Each ends up to a fifth earlier, at random. So streams spread over
    /// servers that have been added.
    /// </summary>
    /// <value>The default is null: for as long as client and server want. Otherwise 1 second to 7 days; an hour is often enough.</value>
    public TimeSpan? MaxStreamAge { get; set; }

    /// <summary>
    /// How many appends each client may make in a second, over HTTP and gRPC together: an authenticated one over all its connections, any
    /// other on each. One more is refused: HTTP's 429, gRPC's RESOURCE_EXHAUSTED, with the time to wait. A call of <c>AppendMany</c> is
    /// slowed down instead, and each of its messages counts. As many as of a second may come at once.
    /// </summary>
    /// <value>The default is null: as many as it wants. Otherwise positive.</value>
    public int? MaxAppendsPerSecond { get; set; }

    /// <summary>
    /// How many bytes of events each client may append in a second, in the same way; what a large append takes beyond a second's worth is
    /// waited for by the next one.
    /// </summary>
    /// <value>
    /// In bytes of foreign ids and metadata, with what each event takes in a batch besides. The default is null: as many as it wants.
    /// Otherwise positive.
    /// </value>
    public long? MaxAppendedBytesPerSecond { get; set; }

    /// <summary>The clock of the intervals above.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>. Not null.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal static long DefaultReadingBytes() =>
        Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ReadingShare, LeastReadingBytes);

    internal static long DefaultReceivingBytes() =>
        Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ReceivingShare, LeastReceivingBytes);
}
