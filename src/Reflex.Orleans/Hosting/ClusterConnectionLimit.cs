using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Reflex.Storage;

namespace Reflex.Orleans.Hosting;

/// <summary>Counts the connections to Orleans' ports, each an open file, and says when there are as many as there may be.</summary>
/// <remarks>A process that can have no more files open can't even load its own code, and ends. Thread-safe.</remarks>
/// <param name="most">How many there may be.</param>
/// <param name="timeProvider">Tells when to warn again.</param>
/// <param name="logger">Is warned.</param>
internal sealed partial class ClusterConnectionLimit(int most, TimeProvider timeProvider, ILogger<ClusterConnectionLimit> logger)
{
    // So that a client and some other silos find a place whatever the process may have.
    private const int Fewest = 4;

    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private int _open;
    private long? _warnedAt;

    public static int DefaultOf(int openFiles) => Math.Max(OpenFileLimit.EighthOf(openFiles), Fewest);

    /// <summary>Counts a connection until it is closed.</summary>
    /// <returns>False when there are as many as there may be; then it isn't counted.</returns>
    public bool TryEnter(ConnectionContext connection)
    {
        if (Interlocked.Increment(ref _open) > most)
        {
            Interlocked.Decrement(ref _open);
            Warn();
            return false;
        }

        connection.ConnectionClosed.UnsafeRegister(
            static limit => Interlocked.Decrement(ref ((ClusterConnectionLimit)limit!)._open), this);
        return true;
    }

    private void Warn()
    {
        lock (_lock)
        {
            if (_warnedAt is { } before && timeProvider.GetElapsedTime(before) < WarningInterval)
            {
                return;
            }

            _warnedAt = timeProvider.GetTimestamp();
        }

        LogFull(logger, most);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "There are {Most} connections to Orleans' ports, as many as there may be: others are closed. Let only silos and Orleans clients "
        + "reach these ports, or raise the process' limit of open files (ulimit -n).")]
    private static partial void LogFull(ILogger logger, int most);
}
