using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Connections;

/// <summary>Ends streams whose clients have gone without a word: a cable, a power cut, a network that forgot the connection.</summary>
/// <remarks>
/// <para>HTTP/2 has pings for that. HTTP/1.1 hasn't: there a stream that sends nothing asks by TCP keep-alive, and one that has sent
/// something waits for its acknowledgement, for which the kernel itself would wait a quarter of an hour. A client that is there but
/// doesn't read does acknowledge, and is left in peace; TCP_USER_TIMEOUT would end it too.</para>
/// <para>Thread-safe.</para>
/// </remarks>
internal sealed partial class PeerWatch : IDisposable
{
    private const int ChecksPerTimeout = 4;
    private const int Probes = 3;

    private readonly TimeSpan _timeout;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<PeerWatch> _logger;
    private readonly Func<Socket, PeerState?> _stateOf;
    private readonly Lock _lock = new();
    private readonly LinkedList<Peer> _peers = [];
    private readonly ITimer _timer;
    private bool _isChecking;

    public PeerWatch(IOptions<ReflexServerOptions> options, ILogger<PeerWatch> logger)
        : this(options.Value, logger, PeerState.Of)
    {
    }

    internal PeerWatch(ReflexServerOptions options, ILogger<PeerWatch> logger, Func<Socket, PeerState?> stateOf)
    {
        _timeout = options.PeerTimeout;
        _timeProvider = options.TimeProvider;
        _logger = logger;
        _stateOf = stateOf;
        _timer = _timeProvider.CreateTimer(_ => Check(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Interval => _timeout / ChecksPerTimeout;

    /// <summary>Watches a request's client until what is returned is disposed.</summary>
    /// <param name="http">The request; its connection is aborted when its client is gone.</param>
    /// <returns>Null where the server doesn't say which socket it uses, as one in memory.</returns>
    public IDisposable? Watch(HttpContext http)
    {
        if (http.Features.Get<IConnectionSocketFeature>()?.Socket is not { ProtocolType: ProtocolType.Tcp } socket
            || http.Features.Get<IConnectionLifetimeFeature>() is not { } connection)
        {
            return null;
        }

        KeepAlive(socket);
        var peer = new Peer(this, socket, connection, http.Request.Path);
        lock (_lock)
        {
            _peers.AddLast(peer.Node);
            if (!_isChecking)
            {
                _isChecking = true;
                _timer.Change(Interval, Interval);
            }
        }

        return peer;
    }

    public void Dispose() => _timer.Dispose();

    private void KeepAlive(Socket socket)
    {
        try
        {
            var idle = Math.Max(1, (int)(_timeout.TotalSeconds / 2));
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, idle);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, idle / Probes));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The client has gone in this moment, which the connection notices itself.
        }
    }

    private void Check()
    {
        List<Peer> gone = [];
        lock (_lock)
        {
            if (_peers.Count == 0)
            {
                _isChecking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            foreach (var peer in _peers)
            {
                if (peer.AwaitedFor() >= _timeout)
                {
                    gone.Add(peer);
                }
            }
        }

        foreach (var peer in gone)
        {
            PeerGone(_logger, peer.Path, _timeout);
            peer.Connection.Abort();
        }
    }

    private void Remove(Peer peer)
    {
        lock (_lock)
        {
            if (peer.Node.List is not null)
            {
                _peers.Remove(peer.Node);
            }
        }
    }

    private sealed class Peer : IDisposable
    {
        private readonly PeerWatch _watch;
        private readonly Socket _socket;
        private long? _awaitedSince;

        public Peer(PeerWatch watch, Socket socket, IConnectionLifetimeFeature connection, string path)
        {
            _watch = watch;
            _socket = socket;
            Connection = connection;
            Path = path;
            Node = new LinkedListNode<Peer>(this);
        }

        public IConnectionLifetimeFeature Connection { get; }

        public string Path { get; }

        public LinkedListNode<Peer> Node { get; }

        /// <summary>How long it has owed an answer and given none, as far as the checks have seen.</summary>
        public TimeSpan AwaitedFor()
        {
            if (_watch._stateOf(_socket) is not { IsAwaited: true } state)
            {
                _awaitedSince = null;
                return TimeSpan.Zero;
            }

            var now = _watch._timeProvider.GetTimestamp();
            if (_awaitedSince is not { } since || state.SinceAnswer < _watch._timeProvider.GetElapsedTime(since, now))
            {
                _awaitedSince = now;
                return TimeSpan.Zero;
            }

            return _watch._timeProvider.GetElapsedTime(since, now);
        }

        public void Dispose() => _watch.Remove(this);
    }
}
