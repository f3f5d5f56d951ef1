using Reflex.Streams;

namespace Reflex.AspNetCore.Grpc;

/// <summary>The bounds and habits of Reflex's gRPC services.</summary>
public sealed class ReflexGrpcOptions
{
    /// <summary>
    /// The stream of calls of <c>reflexpb</c> without the request header <c>reflex-stream</c>, which stock clients of luno/reflex
    /// don't send: <c>orders</c>, or <c>orders/3</c> for one partition.
    /// </summary>
    /// <value>The default is null: such calls are refused. Otherwise a <see cref="StreamName"/> or <see cref="PartitionId"/>.</value>
    public string? DefaultStream { get; set; }

    /// <summary>
    /// Sends errors of <c>reflexpb</c> in their oldest form alone, for clients of luno/reflex from before September 2023, which refuse
    /// any other. Those of March 2026 and later, and older ones with a jettison of January 2024 or later, then know no error any more: an
    /// orderly stop is a failure to them, and the head isn't reached. No value serves both.
    /// </summary>
    /// <value>The default is false: both forms, which serve every client since September 2023.</value>
    public bool SendHopOnly { get; set; }

    /// <summary>The largest message that is taken; a larger one is refused with INVALID_ARGUMENT before it is read.</summary>
    /// <value>In bytes. The default is 4 MiB, as large as gRPC's clients take messages unless told otherwise. Positive.</value>
    public int MaxMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most events in a message, since each takes far more memory than its bytes.</summary>
    /// <value>The default is 200,000. Positive.</value>
    public int MaxEventsPerMessage { get; set; } = 200_000;

    /// <summary>How long a message may take to come, from its first byte to its last.</summary>
    /// <value>The default is 1 minute. 1 millisecond to 1 hour.</value>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The most streams and sessions that a client has at a time: an authenticated one over all its connections, streams over HTTP
    /// included, any other on each.
    /// More are refused with RESOURCE_EXHAUSTED. The server's own limit of streams in a connection is raised to fit.
    /// </summary>
    /// <value>The default is 1000. 1 to 1,000,000.</value>
    public int MaxStreamsPerClient { get; set; } = 1000;

    /// <summary>How long a <c>Consume</c> waits for its first request, which names the consumer.</summary>
    /// <value>The default is 30 seconds. 1 millisecond to 1 hour.</value>
    public TimeSpan FirstRequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a <c>Consume</c> that the server ends, at the head or because it stops, waits for the client to acknowledge what it was
    /// sent. What it doesn't comes again.
    /// </summary>
    /// <value>The default is 5 seconds. 1 millisecond to 1 hour.</value>
    public TimeSpan AcknowledgementTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock of the intervals above.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>. Not null.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
