using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore.Connections;

/// <summary>The server's own transport over sockets, with a limit for all endpoints together; Kestrel's own is one for each.</summary>
internal sealed class LimitedSockets(
    IOptions<SocketTransportOptions> options, ILoggerFactory loggers, ConnectionLimit limit, ConnectionRefusal refusal)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _sockets = new(options, loggers);

    public bool CanBind(EndPoint endpoint) => _sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        new LimitedListener(await _sockets.BindAsync(endpoint, cancellationToken), limit, refusal);
}
