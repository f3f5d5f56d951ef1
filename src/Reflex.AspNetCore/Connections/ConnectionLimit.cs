using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Limits;
using Reflex.Storage;

namespace Reflex.AspNetCore.Connections;

/// <summary>Counts the connections of all endpoints, each an open file, and says when there are as many as there may be.</summary>
/// <remarks>A process that can have no more files open can't even load its own code, and ends. Thread-safe.</remarks>
internal sealed partial class ConnectionLimit
{
    // So that a server with next to no files still answers something.
    private const int Fewest = 8;

    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _timeProvider;
    private readonly ILogger<ConnectionLimit> _logger;
    private int _open;
    private int _streams;
    private long _warnedAt;

    public ConnectionLimit(IOptions<ReflexServerOptions> options, ILogger<ConnectionLimit> logger)
    {
        Most = options.Value.MaxConnections ?? DefaultOf(OpenFileLimit.OfTheProcess);
        _timeProvider = options.Value.TimeProvider;
        _logger = logger;
        _warnedAt = _timeProvider.GetTimestamp() - (long)(WarningInterval.TotalSeconds * _timeProvider.TimestampFrequency);
    }

    /// <summary>How many there may be.</summary>
    public int Most { get; }

    private int MostStreams => Most - Math.Max(Most / 4, 1);

    public static int DefaultOf(int openFiles) => Math.Max(OpenFileLimit.HalfOf(openFiles), Fewest);

    /// <summary>Counts a connection until it is closed.</summary>
    /// <returns>False when there are as many as there may be; then it isn't counted.</returns>
    public bool TryEnter(ConnectionContext connection)
    {
        if (Interlocked.Increment(ref _open) > Most)
        {
            Interlocked.Decrement(ref _open);
            Warn();
            return false;
        }

        connection.ConnectionClosed.UnsafeRegister(static limit => Interlocked.Decrement(ref ((ConnectionLimit)limit!)._open), this);
        return true;
    }

    /// <summary>
    /// Lets a stream begin that keeps a connection of HTTP/1.1 for itself, as long as a quarter of all is left for other requests. It
    /// counts until what is returned is disposed.
    /// </summary>
    /// <returns>Null for a stream that shares its connection.</returns>
    /// <exception cref="ServerBusyException">There are as many as there may be; the connection is closed after the answer.</exception>
    public IDisposable? EnterStream(HttpContext http)
    {
        if (!HttpProtocol.IsHttp11(http.Request.Protocol) && !HttpProtocol.IsHttp10(http.Request.Protocol))
        {
            return null;
        }

        if (Interlocked.Increment(ref _streams) <= MostStreams)
        {
            return new Entered(this);
        }

        Interlocked.Decrement(ref _streams);
        http.Response.Headers.Connection = "close";
        throw new ServerBusyException(
            $"The server may have {Most} connections, and {MostStreams} of them have streams, which keep one each over HTTP/1.1: ask again "
            + "a little later, or over HTTP/2.");
    }

    private void Warn()
    {
        var before = Volatile.Read(ref _warnedAt);
        var now = _timeProvider.GetTimestamp();
        if (_timeProvider.GetElapsedTime(before, now) >= WarningInterval
            && Interlocked.CompareExchange(ref _warnedAt, now, before) == before)
        {
            LogFull(_logger, Most);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "There are {Most} connections, as many as there may be: others are refused. Raise the process' limit of open files (ulimit -n), "
        + "or MaxConnections.")]
    private static partial void LogFull(ILogger logger, int most);

    private sealed class Entered(ConnectionLimit limit) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                Interlocked.Decrement(ref limit._streams);
            }
        }
    }
}
