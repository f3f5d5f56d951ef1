using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Reflex.Retries;

/// <summary>How what has failed is tried again.</summary>
public sealed record RetryPolicy
{
    /// <summary>How long to wait before it is tried again.</summary>
    /// <value>The default is 100 ms, doubling up to a minute.</value>
    public Backoff Backoff { get; init; } = new();

    /// <summary>For how long after the first failure in a row it is tried again; then the failure reaches the caller.</summary>
    /// <value>The default, null, never gives up. Zero tries nothing again.</value>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>The clock for waits.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where each failure is told, as a warning, when it is tried again.</summary>
    /// <value>The default logs nothing.</value>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
