using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Connections;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Tests.Connections;

public sealed class PeerWatchTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Connection _connection = new();
    private readonly DefaultHttpContext _http = new();
    private readonly PeerWatch _watch;
    private PeerState? _state;

    public PeerWatchTests()
    {
        _http.Features.Set<IConnectionSocketFeature>(new SocketOf(_socket));
        _http.Features.Set<IConnectionLifetimeFeature>(_connection);
        _watch = new PeerWatch(
            new ReflexServerOptions { PeerTimeout = Timeout, TimeProvider = _time }, NullLogger<PeerWatch>.Instance, _ => _state);
    }

    [Fact]
    public void Watch_ClientThatOwesAnAnswer_IsEndedOnceTheTimeoutHasPassed()
    {
        using var watched = _watch.Watch(_http);
        Owe(TimeSpan.FromHours(1));
        Pass(TimeSpan.FromSeconds(74));
        Assert.False(_connection.IsAborted);

        Pass(TimeSpan.FromSeconds(1));
        Assert.True(_connection.IsAborted);
    }

    [Fact]
    public void Watch_ClientThatAcknowledgesButReadsNothing_IsLeftInPeace()
    {
        using var watched = _watch.Watch(_http);
        Owe(TimeSpan.FromSeconds(20));
        Pass(TimeSpan.FromHours(1));

        Assert.False(_connection.IsAborted);
    }

    [Fact]
    public void Watch_ClientThatHasAcknowledgedEverything_IsLeftInPeace()
    {
        using var watched = _watch.Watch(_http);
        Owe(TimeSpan.FromHours(1));
        Pass(TimeSpan.FromSeconds(45));
        _state = new PeerState(IsAwaited: false, TimeSpan.FromHours(1));
        Pass(TimeSpan.FromSeconds(15));
        Owe(TimeSpan.FromHours(1));
        Pass(TimeSpan.FromSeconds(60));

        Assert.False(_connection.IsAborted);
    }

    [Fact]
    public void Watch_StreamThatEnded_IsNotLookedAtAnyMore()
    {
        Owe(TimeSpan.FromHours(1));
        _watch.Watch(_http)!.Dispose();
        Pass(TimeSpan.FromHours(1));
        Assert.False(_connection.IsAborted);

        using var next = _watch.Watch(_http);
        Pass(TimeSpan.FromSeconds(75));
        Assert.True(_connection.IsAborted);
    }

    [Fact]
    public void Watch_SocketThatIsClosed_IsNoError()
    {
        _socket.Dispose();
        using var watched = _watch.Watch(_http);
        Pass(TimeSpan.FromHours(1));

        Assert.NotNull(watched);
    }

    [Fact]
    public void Watch_ServerWithoutSockets_WatchesNothing() => Assert.Null(_watch.Watch(new DefaultHttpContext()));

    [Fact]
    public void PeerState_ClientThatTookEverything_OwesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using var server = listener.AcceptSocket();

        var state = PeerState.Of(server);
        Assert.True(state is { IsAwaited: false } && state.Value.SinceAnswer < TimeSpan.FromHours(1), $"{state}");
        server.Dispose();
        Assert.Null(PeerState.Of(server));
    }

    public void Dispose()
    {
        _watch.Dispose();
        _socket.Dispose();
    }

    private void Owe(TimeSpan sinceAnswer) => _state = new PeerState(IsAwaited: true, sinceAnswer);

    // Second by second, so that every check sees its own time.
    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private sealed class SocketOf(Socket socket) : IConnectionSocketFeature
    {
        public Socket Socket => socket;
    }

    private sealed class Connection : IConnectionLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken ConnectionClosed { get; set; }

        public void Abort() => IsAborted = true;
    }
}
