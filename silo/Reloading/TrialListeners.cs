using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Reflex.Silo.Reloading;

/// <summary>Binds what a server would listen on, for a moment and without listening, so that nobody connects to it.</summary>
internal sealed class TrialListeners : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        // A file of a socket would stay behind, and what is bound by a handle is so already.
        if (endpoint is IPEndPoint ip)
        {
            Try(ip);
        }

        return ValueTask.FromResult<IConnectionListener>(new TrialListener(endpoint));
    }

    private static void Try(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endpoint.Address.Equals(IPAddress.IPv6Any))
        {
            socket.DualMode = true;
        }

        try
        {
            socket.Bind(endpoint);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(error.Message, error);
        }
    }
}
