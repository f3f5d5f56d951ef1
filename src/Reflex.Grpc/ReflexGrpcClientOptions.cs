using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Retries;

namespace Reflex.Grpc;

/// <summary>How a cluster is called over gRPC.</summary>
public sealed record ReflexGrpcClientOptions
{
    /// <summary>Headers that every call carries, such as a credential.</summary>
    /// <value>The default is none. Names are in lower case.</value>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long any call but a stream or a consumer's session may take.</summary>
    /// <value>The default is 30 seconds. Positive.</value>
    public TimeSpan CallTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(CallTimeout));
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>For how long a stream that fails in a way that may pass is resumed before its error reaches the reader.</summary>
    /// <value>The default is 30 seconds, counted from the first failure in a row. Zero resumes nothing; never negative.</value>
    public TimeSpan ReadRetryTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(ReadRetryTimeout));
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>How long a broken stream waits before it is resumed.</summary>
    /// <value>The default is 100 ms, doubling up to 5 seconds.</value>
    public Backoff RetryBackoff
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(RetryBackoff));
    } = new() { Longest = TimeSpan.FromSeconds(5) };

    /// <summary>The size limit of one event; a larger one is refused before it travels.</summary>
    /// <value>In bytes. The default is 1 MiB, which is also what a cluster takes by default. Positive.</value>
    public int MaxEventBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxEventBytes));
            field = value;
        }
    } = 1024 * 1024;

    /// <summary>
    /// The size limit of what one call appends: of a list of events, and of the appends that gathered while a call was under way.
    /// </summary>
    /// <value>In bytes. The default is 3 MiB, since a server takes messages of 4 MiB by default. Positive.</value>
    public int MaxAppendBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxAppendBytes));
            field = value;
        }
    } = 3 * 1024 * 1024;

    /// <summary>
    /// How much of this process' appends to one stream may wait while calls are under way; beyond it an append fails with
    /// <see cref="Storage.LogBusyException"/>. What its caller cancels waits no longer.
    /// </summary>
    /// <value>
    /// In bytes, of which each append takes 512 besides its events. The default is 64 MiB. Positive. An append that is larger waits when no
    /// other does.
    /// </value>
    public long MaxWaitingBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxWaitingBytes));
            field = value;
        }
    } = 64 * 1024 * 1024;

    /// <summary>Where to log.</summary>
    /// <value>The default logs nothing.</value>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The clock for resuming and back-off.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the calls go, for their errors; empty when that isn't known.</summary>
    internal string Server { get; init; } = "";

    internal RetryPolicy RetryPolicy =>
        new() { Backoff = RetryBackoff, GiveUpAfter = ReadRetryTimeout, TimeProvider = TimeProvider, Logger = Logger };
}
